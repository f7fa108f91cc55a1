/** The thread itself, through the loader of TypeScript. */
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { createModels, DEFAULT_CHAIN } from '../../../../src/forecast/create-models.ts';
import { createForecastChain, type ChainRequest } from '../../../../src/forecast/select-forecast.ts';
import { createForecastThreads } from '../../../../src/infer/beside/forecast-threads.ts';
import { aPolicy } from '../../../builders/policy.ts';
import { shippedNetwork } from '../../../../src/infer/shipped-network.ts';

const file = new URL('../../../../src/infer/beside/forecast-worker.ts', import.meta.url).href;
const LOADED = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(file)})));`;
const faults: string[] = [];
const threads = createForecastThreads(
  {
    start: () => new Worker(LOADED, { eval: true }),
    monotonicMs: () => performance.now(),
    onFault: (message) => void faults.push(message),
  },
  1,
);
afterAll(() => threads.close());

const { calendar } = aPolicy();

/** Four hours of a swing, in memory that threads share; one series is too short for any model but the last. */
function requests(): ChainRequest[] {
  return [240, 240, 3].map((slots, at) => {
    const values = new Float64Array(new SharedArrayBuffer(8 * slots));
    for (let slot = 0; slot < slots; slot += 1)
      values[slot] = 100 * (at + 1) + 40 * Math.sin(slot / 30) + ((slot * 7) % 11);
    return {
      seriesKey: `series-${at}`,
      series: { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: 60, values },
      horizonSteps: 15,
      decisionSteps: 3,
      calendar,
      models: DEFAULT_CHAIN,
    };
  });
}

test('a thread answers what the same models answer in the loop', async () => {
  const chain = createForecastChain(createModels(await shippedNetwork()));
  // Asked twice: calendars come with the first question alone.
  await Promise.all(requests().map((request) => threads.forecast(request)));
  const answers = await Promise.all(requests().map((request) => threads.forecast(request)));
  expect(faults).toEqual([]);
  expect(answers).toEqual(chain.forecast(requests()));
  expect(answers.map(({ kind }) => kind)).toEqual(['forecast', 'forecast', 'unavailable']);
});
