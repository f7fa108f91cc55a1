/**
 * The ensemble beside well-known forecasters that run in the same go: a ridge regression, LightGBM and statsforecast's
 * AutoETS, Theta and AutoARIMA (peers.py tells how), scored by an independent referee on the same origins.
 *
 *   npx tsx test/bench/forecast/peers/main.ts [--traces DIR] [--referee forecast_referee.py] [--only wc98,nasa] [--origins 200]
 *
 * Needs Python 3.10 or newer with venv; the libraries are fetched from PyPI into .cache/peers. One-minute recordings are
 * scored at 1 and at 5 minutes. Each column is our weighted quantile loss over the peer's.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandFlags, wholeNumber } from '../../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  referee: { type: 'string', default: '../shared/referee/forecast_referee.py' },
  only: { type: 'string', default: '' },
  origins: { type: 'string', default: '200' },
});
const LIBRARIES = ['lightgbm==4.7.0', 'statsforecast==2.1.1'];
const VENV = resolve('.cache/peers');

const origins = wholeNumber('origins', flags.origins);
const names = readdirSync(flags.traces)
  .filter((name) => name.endsWith('.csv') && flags.only.split(',').some((part) => name.includes(part)))
  .sort();
const python = ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'prescale-peers-'));
try {
  const forecasts = join(folder, 'forecasts.jsonl');
  writeForecasts(forecasts, names, []);
  writeForecasts(
    forecasts,
    names.filter((name) => name.endsWith('_1m.csv')),
    ['--step', '5m'],
  );
  run(python, [join(import.meta.dirname, 'peers.py'), flags.referee, forecasts, String(origins)]);
} finally {
  rmSync(folder, { recursive: true });
}

function ensurePython(): string {
  const program = join(VENV, 'bin/python');
  if (!existsSync(program)) run('python3', ['-m', 'venv', VENV]);
  run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...LIBRARIES]);
  return program;
}

function writeForecasts(into: string, recordings: readonly string[], more: readonly string[]): void {
  if (recordings.length === 0) return;
  const part = join(folder, 'part.jsonl');
  const paths = recordings.map((name) => join(flags.traces, name)).join(',');
  const asked = ['--recording', paths, '--models', 'auto', '--forecasts', part, ...more];
  run(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'evaluate', ...asked], 'ignore');
  appendFileSync(into, readFileSync(part));
}

function run(program: string, args: readonly string[], stdout: 'inherit' | 'ignore' = 'inherit'): void {
  const ran = spawnSync(program, args, { stdio: ['ignore', stdout, 'inherit'] });
  if (ran.status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} … left with ${ran.status}`);
}
