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
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandFlags, wholeNumber } from '../../../command-flags.ts';
import { writeForecasts } from '../write-forecasts.ts';

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
  forecast(forecasts, names, []);
  forecast(
    forecasts,
    names.filter((name) => name.endsWith('_1m.csv')),
    ['--step', '5m'],
  );
  show(python, [join(import.meta.dirname, 'peers.py'), flags.referee, forecasts, String(origins)]);
} finally {
  rmSync(folder, { recursive: true });
}

function ensurePython(): string {
  const program = join(VENV, 'bin/python');
  if (!existsSync(program)) show('python3', ['-m', 'venv', VENV]);
  show(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...LIBRARIES]);
  return program;
}

function forecast(into: string, files: readonly string[], more: readonly string[]): void {
  if (files.length === 0) return;
  const recordings = files.map((name) => join(flags.traces, name));
  writeForecasts(into, { recordings, model: 'auto', more });
}

/** With what it prints on the screen as it comes: a row takes half a minute. */
function show(program: string, args: readonly string[]): void {
  const ran = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (ran.status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} … left with ${ran.status}`);
}
