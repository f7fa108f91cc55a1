/**
 * The API as its OpenAPI document describes it, asked by schemathesis (https://schemathesis.readthedocs.io): no answer
 * may be a 5xx, undocumented, or late, and nothing may be left behind. `npm run test:fuzz`; needs Python 3.10 or newer
 * with venv. The stream never ends by design: it has tests of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serveFleet } from '../browser/served-fleet.ts';
import { IDLE_THREAD } from '../builders/thread.ts';

const SCHEMATHESIS = 'schemathesis==4.32.5';
const VENV = resolve('.cache/fuzz');
const WORKLOADS = 50;
/** A seed asks the same questions in the same order; a faster machine gets further in its time. */
const ROUNDS = [
  { seed: 20_251_122, mostExamples: 4, mostSeconds: 60 },
  { seed: 7, mostExamples: 8, mostSeconds: 60 },
];
/** What a round may leave on the heap after garbage collection: caches fill in the first, so the second is judged. */
const MOST_GROWTH_BYTES = 16_000_000;
const ANSWER_SECONDS = 10;

/** Rules between fields are not in the schema: what breaks one is refused with 422 although the schema lets it pass. */
const UNFIT_CHECKS = 'positive_data_acceptance';

/** `cwd`: where a program leaves what it leaves. */
async function run(command: string, args: readonly string[], cwd = '.'): Promise<void> {
  const child = spawn(command, args, { stdio: 'inherit', cwd });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}`);
}

async function ensureSchemathesis(): Promise<string> {
  const program = `${VENV}/bin/schemathesis`;
  if (existsSync(program)) return program;
  await run('python3', ['-m', 'venv', VENV]);
  await run(`${VENV}/bin/pip`, ['install', '--quiet', '--disable-pip-version-check', SCHEMATHESIS]);
  return program;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are held, once idle connections and what waited for the collector are gone. */
async function heldBytes(): Promise<number> {
  await sleep(500);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

const schemathesis = await ensureSchemathesis();
// On a thread that is never busy, all that is asked is answered.
const fleet = await serveFleet(WORKLOADS, IDLE_THREAD);
const url = fleet.url();
try {
  let before = Infinity;
  for (const { seed, mostExamples, mostSeconds } of ROUNDS) {
    before = await heldBytes();
    const args = [
      'run',
      `${url}/openapi.json`,
      ...['--exclude-path', '/api/v1/stream', '--exclude-checks', UNFIT_CHECKS],
      ...['--phases', 'coverage,fuzzing', '--continue-on-failure', '--no-color'],
      ...['--request-timeout', String(ANSWER_SECONDS), '--max-response-time', String(ANSWER_SECONDS)],
      ...['--seed', String(seed), '--max-examples', String(mostExamples), '--max-time', String(mostSeconds)],
    ];
    await run(schemathesis, args, VENV);
  }
  const growthBytes = (await heldBytes()) - before;
  const listeners = fleet.listeners();
  console.log(
    `heap after the last round: ${(growthBytes / 1e6).toFixed(1)} MB more than before it; listeners left: ${listeners}; errors inside: ${fleet.errors.length}`,
  );
  expect(growthBytes < MOST_GROWTH_BYTES, `more than ${MOST_GROWTH_BYTES} bytes were not let go`);
  expect(listeners === 0, `${listeners} listeners of the stream are left`);
  expect(fleet.errors.length === 0, `errors inside: ${fleet.errors.map(String).join('; ')}`);
} finally {
  await fleet.goAway();
}
