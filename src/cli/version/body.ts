import { readFileSync } from 'node:fs';
import type { CommandBody } from '../command-spec.ts';

/** The version in package.json, which lies beside `src/` and beside `dist/`. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const run: CommandBody = async (_args, flags) => {
  const versions = { prescale: packageVersion(), node: process.version };
  process.stdout.write(
    flags['json'] === true
      ? `${JSON.stringify({ ...versions, tensorflow: await tensorflow() })}\n`
      : `prescale ${versions.prescale} (node ${versions.node})\n`,
  );
  return 0;
};

/** Whether the native backend works; loaded only when asked for, as that alone takes a second. */
async function tensorflow(): Promise<unknown> {
  const { probeTensorflow } = await import('../../infer/probe-tensorflow.ts');
  return probeTensorflow();
}
