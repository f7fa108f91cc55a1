/** Threads of a few lines stand for the real one: what matters here is what becomes of those that fail. */
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import type { ForecastResult } from '../../../../src/domain/forecast.ts';
import type { BackgroundForecaster } from '../../../../src/forecast/background-forecaster.ts';
import type { ChainRequest } from '../../../../src/forecast/select-forecast.ts';
import { aPolicy } from '../../../builders/policy.ts';
import { createWorkerForecaster } from '../../../../src/infer/beside/worker-forecaster.ts';

/** Answers all but a series named `dies` (the thread ends) and `hangs` (nothing more is answered). */
const THREAD = `
  const { parentPort } = require('node:worker_threads');
  let hangs = false;
  parentPort.on('message', (questions) => {
    for (const { id, request } of questions) {
      if (request.seriesKey === 'dies') throw new Error('out of luck');
      hangs ||= request.seriesKey === 'hangs';
      if (hangs) continue;
      const rates = new Float64Array(13).fill(request.series.values.at(-1));
      const told = { kind: 'forecast', model: 'naive', skipped: [], confidenceRatio: 1, originAtMs: 0, stepSeconds: 60 };
      parentPort.postMessage({ forecasts: [{ id, steps: 1, result: told }], rates }, [rates.buffer]);
    }
  });`;

const request = (seriesKey: string): ChainRequest => ({
  seriesKey,
  series: { startAtMs: 0, stepSeconds: 60, values: Float64Array.of(1, 2, 3) },
  horizonSteps: 1,
  calendar: aPolicy().calendar,
  models: ['ensemble', 'naive'],
});

const reasonsOf = (result: ForecastResult): string[] => result.skipped.map(({ reason }) => reason);

const closing: BackgroundForecaster[] = [];
afterEach(async () => void (await Promise.all(closing.splice(0).map((one) => one.close()))));

function underTest() {
  let nowMs = 0;
  let started = 0;
  const faults: string[] = [];
  const forecaster = createWorkerForecaster({
    start: () => {
      started += 1;
      return new Worker(THREAD, { eval: true });
    },
    monotonicMs: () => nowMs,
    onFault: (message) => void faults.push(message),
  });
  closing.push(forecaster);
  return {
    forecaster,
    faults,
    starts: () => started,
    pass: (seconds: number) => void (nowMs += seconds * 1000),
  };
}

test('the thread runs before the first question, so that it is warm', () => {
  expect(underTest().starts()).toBe(1);
});

test('many are asked at once and each gets its own answer', async () => {
  const { forecaster, starts } = underTest();
  const answers = await Promise.all(['a', 'b', 'c'].map((key) => forecaster.forecast(request(key))));
  for (const answer of answers) expect(answer).toMatchObject({ kind: 'forecast', meanRps: [3] });
  expect(starts()).toBe(1);
});

describe('a thread that fails', () => {
  test('fails whoever waits for it, each with the reason for every model', async () => {
    const { forecaster, faults } = underTest();
    const answers = await Promise.all(['dies', 'a'].map((key) => forecaster.forecast(request(key))));
    for (const answer of answers) expect(reasonsOf(answer)).toEqual(['WorkerFailed', 'WorkerFailed']);
    expect(answers[1].skipped[0].message).toContain('out of luck');
    expect(faults).toEqual(['a forecast thread failed (out of luck); 2 forecasts were lost']);
  });

  test('is started again after a pause that doubles while it fails, and counts anew once it answers', async () => {
    const { forecaster, starts, pass } = underTest();
    const isServed = async (key: string): Promise<boolean> =>
      (await forecaster.forecast(request(key))).kind === 'forecast';
    expect(await isServed('dies')).toBe(false);
    pass(0.9);
    expect([await isServed('a'), starts()]).toEqual([false, 1]);
    pass(0.2);
    expect([await isServed('dies'), starts()]).toEqual([false, 2]);
    pass(1.9);
    expect([await isServed('a'), starts()]).toEqual([false, 2]);
    pass(0.2);
    expect([await isServed('a'), starts()]).toEqual([true, 3]);
    expect(await isServed('dies')).toBe(false);
    pass(1.1);
    expect([await isServed('a'), starts()]).toEqual([true, 4]);
  });

  test('by hanging is ended at the next question after two minutes', async () => {
    const { forecaster, pass, starts } = underTest();
    expect((await forecaster.forecast(request('a'))).kind).toBe('forecast');
    const hung = forecaster.forecast(request('hangs'));
    pass(119);
    const waiting = forecaster.forecast(request('b'));
    pass(2);
    const refused = await forecaster.forecast(request('c'));
    expect([await hung, await waiting, refused].flatMap(reasonsOf)).toEqual(Array(6).fill('WorkerFailed'));
    pass(1.1);
    expect((await forecaster.forecast(request('c'))).kind).toBe('forecast');
    expect(starts()).toBe(2);
  });
});

test('a long silence without a question is no hanging', async () => {
  const { forecaster, pass, starts } = underTest();
  await forecaster.forecast(request('a'));
  pass(3600);
  expect((await forecaster.forecast(request('a'))).kind).toBe('forecast');
  expect(starts()).toBe(1);
});
