import { readFileSync } from 'node:fs';
import type { CommandBody } from '../command-spec.ts';

/** The version in package.json, which lies beside `src/` and beside `dist/`. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const run: CommandBody = (_args, flags) => {
  const versions = { prescale: packageVersion(), node: process.version };
  process.stdout.write(
    flags['json'] === true
      ? `${JSON.stringify(versions)}\n`
      : `prescale ${versions.prescale} (node ${versions.node})\n`,
  );
  return Promise.resolve(0);
};
