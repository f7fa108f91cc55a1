import { describe, expect, test } from 'vitest';
import type { ForecastResult } from '../../../src/domain/forecast.ts';
import type { BackgroundForecaster } from '../../../src/forecast/background-forecaster.ts';
import type { ChainRequest } from '../../../src/forecast/select-forecast.ts';
import { tick } from '../../../src/control/tick.ts';
import {
  fleetUnderTest,
  lastValueForecaster,
  metricValue,
  neverAborted,
  START_MS,
} from './fleet-under-test.ts';

interface Question {
  readonly key: string;
  /** Answers with what is given, else with the last value going on. */
  readonly answer: (result?: ForecastResult) => Promise<void>;
}

/** Answers when the test says so. */
function createHeldForecaster(): BackgroundForecaster & { readonly open: Question[] } {
  const chain = lastValueForecaster();
  const open: Question[] = [];
  return {
    open,
    forecast: (request: ChainRequest) =>
      new Promise((resolve) => {
        const answer = async (result?: ForecastResult): Promise<void> => {
          resolve(result ?? chain.forecast([request])[0]);
          await new Promise((done) => setImmediate(done));
        };
        open.push({ key: request.seriesKey, answer });
      }),
    close: () => Promise.resolve(),
  };
}

const failed: ForecastResult = {
  kind: 'unavailable',
  skipped: [{ model: 'arima', reason: 'WorkerFailed', message: 'it ended' }],
};

/** No time is given to forecasts unless told otherwise: whoever answers is late for the tick that asks. */
function beside(names: readonly string[] = ['a'], forecastSeconds = 0) {
  const background = createHeldForecaster();
  const fleet = fleetUnderTest({ names, deps: { background, forecastSeconds } });
  const decisionAt = async (seconds: number) => (await fleet.tickAt(seconds))[0].decision;
  return { ...fleet, open: background.open, decisionAt };
}

describe('forecasts made beside the loop', () => {
  test('few are waited for: the tick that asks has them', async () => {
    const { tickAt, open } = beside(['a', 'b'], Infinity);
    const ticking = tickAt(90);
    while (open.length < 2) await new Promise((done) => setImmediate(done));
    for (const one of open) await one.answer();
    for (const { decision } of await ticking) expect(decision.forecast.kind).toBe('forecast');
  });

  test('of more than fifty none is waited for', async () => {
    const names = Array.from({ length: 51 }, (_, index) => `w${index}`);
    const { tickAt, open } = beside(names, Infinity);
    const batch = await tickAt(90);
    expect(open).toHaveLength(51);
    for (const { decision } of batch) expect(decision.forecast.kind).toBe('unavailable');
  });

  test('a forecast that was late once is not waited for again', async () => {
    const { deps, tickAt, open } = beside();
    await tickAt(90);
    const [{ decision }] = await tick(
      { ...deps, forecastSeconds: Infinity },
      START_MS + 105_000,
      neverAborted(),
    );
    expect(decision.forecast.skipped[0]).toMatchObject({ reason: 'DeadlineExceeded' });
    expect(open).toHaveLength(1);
  });

  test('a tick that is cut off while it waits for one decides without it', async () => {
    const { tickAt, open } = beside(['a'], Infinity);
    const cutOff = new AbortController();
    const ticking = tickAt(90, cutOff.signal);
    while (open.length < 1) await new Promise((done) => setImmediate(done));
    cutOff.abort(new Error('the time is up'));
    for (const { decision } of await ticking) expect(decision.forecast.kind).toBe('unavailable');
  });

  test('one that is late for the tick serves the next one, and the reason is told meanwhile', async () => {
    const { decisionAt, open } = beside();
    const first = await decisionAt(90);
    expect(first.forecast).toMatchObject({
      kind: 'unavailable',
      skipped: [{ reason: 'DeadlineExceeded' }, {}],
    });
    expect(first.sizing?.basis).toBe('measured');
    await open[0].answer();
    expect((await decisionAt(105)).forecast.kind).toBe('forecast');
  });

  test('are asked for once for each new slot, all of a fleet in one tick', async () => {
    const { tickAt, open } = beside(['a', 'b']);
    for (const seconds of [90, 105]) await tickAt(seconds);
    expect(open.map(({ key }) => key)).toEqual(['shop/a', 'shop/b']);
    for (const one of open.splice(0)) await one.answer();
    for (const seconds of [120, 135]) await tickAt(seconds);
    expect(open).toEqual([]);
    await tickAt(150);
    expect(open).toHaveLength(2);
  });

  test('the newest finished one serves until it does not know the last two steps; then it is late', async () => {
    const { decisionAt, open } = beside();
    await decisionAt(90);
    await open[0].answer();
    const origins: unknown[] = [];
    for (const seconds of [105, 150, 210]) {
      const { forecast } = await decisionAt(seconds);
      origins.push(forecast.kind === 'forecast' && forecast.originAtMs);
    }
    expect(new Set(origins).size).toBe(1);
    const late = await decisionAt(270);
    expect(late.forecast.skipped[0]).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'the newest forecast does not know the last 3 steps',
    });
    await open[1].answer();
    expect((await decisionAt(285)).forecast.kind).toBe('forecast');
  });

  test('one that failed is asked for again at the next tick; without another its reason is told', async () => {
    const { decisionAt, open } = beside();
    await decisionAt(90);
    await open[0].answer(failed);
    expect((await decisionAt(105)).forecast).toEqual(failed);
    expect(open).toHaveLength(2);
    await open[1].answer();
    expect((await decisionAt(120)).forecast.kind).toBe('forecast');
  });

  test('an answer about a workload that has left changes nothing', async () => {
    const { deps, tickAt, open } = beside(['a', 'b']);
    await tickAt(90);
    deps.fleet.remove({ namespace: 'shop', name: 'a' });
    for (const one of open.splice(0)) await one.answer();
    expect(await metricValue(deps, 'forecast_model_used_total', { model: 'naive' })).toBe(1);
  });

  test('an answer reaches the member that another mode has put in its place', async () => {
    const { deps, decisionAt, open } = beside();
    await decisionAt(90);
    deps.fleet.add({ ...deps.fleet.members()[0] });
    await open[0].answer();
    expect((await decisionAt(105)).forecast.kind).toBe('forecast');
  });

  test('how old a forecast is stands in the metrics', async () => {
    const { deps, tickAt, open } = beside();
    await tickAt(90);
    await open[0].answer();
    await tickAt(105);
    expect(await metricValue(deps, 'forecast_age_seconds', { name: 'a' })).toBe(45);
  });
});
