import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Asked {
  readonly recordings: readonly string[];
  readonly model: string;
  /** Further flags of `prescale evaluate`. */
  readonly more: readonly string[];
}

/** Appends to `into` what `prescale evaluate` forecasts of the recordings; returns what it prints as JSON. */
export function writeForecasts(into: string, { recordings, model, more }: Asked): string {
  const folder = mkdtempSync(join(tmpdir(), 'prescale-forecasts-'));
  try {
    const part = join(folder, 'part.jsonl');
    const what = ['--recording', recordings.join(','), '--models', model, '--model', model];
    const printed = run(process.execPath, [
      ...['--import', 'tsx', 'src/cli.ts', 'evaluate', ...what],
      ...['--forecasts', part, ...more, '--json'],
    ]);
    appendFileSync(into, readFileSync(part));
    return printed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the program prints; throws with what it complains of where it fails. */
export function run(program: string, args: readonly string[]): string {
  const ran = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${program} ${args.slice(0, 5).join(' ')} … left with ${ran.status}\n${ran.stderr}`);
}
