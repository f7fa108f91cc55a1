/**
 * The API as its OpenAPI document describes it, asked by schemathesis (https://schemathesis.readthedocs.io): no answer
 * may be a 5xx, undocumented, or late, and nothing may be left behind. `npm run test:fuzz`; needs Python 3.10 or newer
 * with venv. The stream never ends by design: it has tests of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
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

/** One in ten names, ids and cursors is made up, so that what there is not is asked for too. */
const REAL = 0.9;

/**
 * Workloads, decisions and cursors that there are, and what may be answered to what the document allows: all but 4xx,
 * save 404 for what is not there, and 422 to a body whose fields each are as documented and do not go together.
 */
function configOf(names: readonly string[], ids: readonly string[]): string {
  const dictionary = (name: string, values: readonly string[]): string =>
    `[dictionaries.${name}]\nvalues = ${JSON.stringify(values)}\n`;
  const bound = (parameter: string, name: string): string =>
    `"${parameter}" = { dictionary = "${name}", probability = ${REAL} }`;
  return [
    dictionary('namespaces', ['shop']),
    dictionary('names', names),
    dictionary('ids', ids),
    '[parameters]',
    bound('path.namespace', 'namespaces'),
    bound('path.name', 'names'),
    bound('path.id', 'ids'),
    bound('query.before', 'ids'),
    '[checks.positive_data_acceptance]',
    'expected-statuses = ["2xx", "404"]',
    '[[operations]]',
    'include-method = "POST"',
    'checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "422"]',
    '',
  ].join('\n');
}

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

async function getJson<T>(path: string): Promise<T> {
  return (await (await fetch(`${url}${path}`)).json()) as T;
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
const CONFIG = resolve(VENV, 'schemathesis.toml');
try {
  const { items } = await getJson<{ items: { namespace: string; name: string }[] }>('/api/v1/autoscalers');
  const names = items.filter(({ namespace }) => namespace === 'shop').map(({ name }) => name);
  const page = await getJson<{ items: { id: string }[] }>('/api/v1/autoscalers/shop/checkout/history');
  writeFileSync(
    CONFIG,
    configOf(
      names.slice(0, 5),
      page.items.map(({ id }) => id),
    ),
  );
  let before = Infinity;
  for (const { seed, mostExamples, mostSeconds } of ROUNDS) {
    before = await heldBytes();
    const args = [
      ...['--config-file', CONFIG, 'run', `${url}/openapi.json`],
      ...['--exclude-path', '/api/v1/stream'],
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
