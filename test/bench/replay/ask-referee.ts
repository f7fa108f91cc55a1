/** What the benches that ask the referee share: its flags, the recordings that it knows, and the asking. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

export const REFEREE_OPTIONS = {
  traces: { type: 'string', default: '../shared/traces' },
  referee: { type: 'string', default: '../shared/referee/closed_loop_referee.py' },
  python: { type: 'string', default: 'python3' },
  only: { type: 'string' },
} as const;

/** Those asked for, or all of one and five minutes. */
export function namesAsked({ only, traces }: { readonly only?: string; readonly traces: string }): string[] {
  if (only !== undefined) return only.split(',').filter((name) => name !== '');
  const files = readdirSync(traces).filter((file) => /_[15]m\.csv$/.test(file));
  return files.map((file) => file.replace('.csv', '')).sort();
}

/** What it prints; throws where it fails. */
export function askReferee(python: string, args: readonly string[]): string {
  const ran = spawnSync(python, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (ran.status !== 0) throw new Error(`the referee left with ${String(ran.status)}`);
  return ran.stdout;
}
