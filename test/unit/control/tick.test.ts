import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ALWAYS } from '../../../src/control/fleet.ts';
import { desiredReplicas } from '../../../src/domain/decision.ts';
import { aDependency } from '../../builders/dependency.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createFakeMetricsSource, type Fault } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import {
  fleetUnderTest,
  lastValueForecaster,
  metricValue,
  MINUTE,
  policyNamed,
  START_MS,
  swing,
} from './fleet-under-test.ts';

const reasons = (stored: Awaited<ReturnType<ReturnType<typeof fleetUnderTest>['tickAt']>>) =>
  stored.map(({ decision }) => decision.outcome.reason);

describe('one tick', () => {
  test('observes, forecasts, decides, actuates and records each workload', async () => {
    const scaler = createFakeScaler({ startReplicas: 1 });
    const { deps, tickAt } = fleetUnderTest({ names: ['a', 'b'], deps: { scaler } });
    const stored = await tickAt(0);
    expect(stored.map(({ decision }) => decision.workload.name)).toEqual(['a', 'b']);
    for (const { decision, actuation } of stored) {
      expect(decision.observed.arrivalRate).toMatchObject({ kind: 'value' });
      expect(decision.forecast.kind).toBe('forecast');
      expect(decision.outcome.kind).toBe('scale');
      expect(actuation).toMatchObject({ result: 'applied', toReplicas: desiredReplicas(decision) });
      expect(deps.store.list(decision.workload, { limit: 5 })).toEqual([{ decision, actuation }]);
    }
    expect(scaler.written.map((request) => request.toReplicas)).toEqual(
      stored.map(({ decision }) => desiredReplicas(decision)),
    );
  });

  test('tells beside each decision what HPA would have asked for, and keeps the ledger of both', async () => {
    const { deps, tickAt } = fleetUnderTest();
    const decided = [];
    for (let tick = 0; tick < 5; tick += 1) decided.push(...(await tickAt(tick * MINUTE)));
    const [{ policy, counterfactual }] = deps.fleet.members();
    expect(decided.map(({ decision }) => decision.hpaReplicas)).not.toContain(undefined);
    expect(counterfactual?.ledger()?.accountedSeconds).toBe(5 * deps.tickSeconds);
    const text = await deps.metrics.registry.metrics();
    const { namespace, name } = policy.workload;
    const labels = `namespace="${namespace}",name="${name}"`;
    expect(text).toContain(`prescale_hpa_replicas{${labels}} ${decided.at(-1)?.decision.hpaReplicas}`);
    for (const autoscaler of ['prescale', 'hpa'])
      expect(text).toContain(`prescale_ledger_cost{autoscaler="${autoscaler}",${labels}} `);
  });

  test('times every stage', async () => {
    const { deps, tickAt } = fleetUnderTest();
    await tickAt(0);
    const text = await deps.metrics.registry.metrics();
    for (const stage of ['observe', 'forecast', 'decide', 'actuate', 'record', 'total'])
      expect(text).toContain(`prescale_tick_duration_seconds_count{stage="${stage}"} 1`);
  });

  test('reads each source once, with the requests of all its workloads in one batch', async () => {
    const sources = [createFakeMetricsSource({ value: swing }), createFakeMetricsSource({ value: swing })];
    const { tickAt } = fleetUnderTest({
      names: ['a', 'b', 'c'],
      source: (name) => sources[name === 'c' ? 1 : 0],
    });
    await tickAt(0);
    expect(sources.map((source) => source.batches.map((batch) => batch.length))).toEqual([[2], [1]]);
  });

  test('nobody sees a slot before its end and the delay have passed', async () => {
    const { tickAt } = fleetUnderTest();
    const [{ decision }] = await tickAt(3 * 60 + 29);
    expect(decision.observed.arrivalRate).toMatchObject({ endsAtMs: START_MS + 2 * MINUTE });
    const [later] = await tickAt(3 * 60 + 30);
    expect(later.decision.observed.arrivalRate).toMatchObject({ endsAtMs: START_MS + 3 * MINUTE });
  });

  test('forecasts once per new slot, and uses the newest again in between', async () => {
    const forecaster = lastValueForecaster();
    const { tickAt } = fleetUnderTest({ names: ['a', 'b'], deps: { forecaster } });
    const origins = [];
    for (const seconds of [30, 45, 60, 75, 90, 105]) {
      const [{ decision }] = await tickAt(seconds);
      origins.push(decision.forecast.kind === 'forecast' && decision.forecast.originAtMs - START_MS);
    }
    expect(forecaster.calls.flat()).toEqual(['shop/a', 'shop/b', 'shop/a', 'shop/b']);
    expect(origins).toEqual([0, 0, 0, 0, MINUTE, MINUTE]);
  });

  test('tells how good the forecasts before have been, once something has come of them', async () => {
    const { tickAt } = fleetUnderTest();
    const accuracyAt = async (seconds: number) => {
      const [{ decision }] = await tickAt(seconds);
      return decision.forecast.kind === 'forecast' ? decision.forecast.accuracy : undefined;
    };
    expect(await accuracyAt(30)).toBeUndefined();
    await tickAt(90);
    const accuracy = await accuracyAt(150);
    // "All stays as it is" is what this forecaster says: as good as naive, and a little behind a slow swing.
    expect(accuracy?.toNaiveRatio).toBeCloseTo(1, 9);
    expect(accuracy?.absoluteErrorRatio).toBeGreaterThan(0.01);
  });

  test('asks for the forecasts of a fleet in few calls while they are quick, one by one while they are slow', async () => {
    const clock = createFakeClock(START_MS);
    const names = Array.from({ length: 15 }, (_, index) => `w${index}`);
    const callsWhen = async (seconds: number) => {
      const quick = lastValueForecaster();
      const forecaster: typeof quick = {
        calls: quick.calls,
        forecast(requests) {
          clock.advance(seconds);
          return quick.forecast(requests);
        },
      };
      await fleetUnderTest({ names, deps: { clock, forecaster } }).tickAt(30);
      return quick.calls.map((call) => call.length);
    };
    expect(await callsWhen(0.001)).toEqual([1, 2, 4, 8]);
    expect(await callsWhen(0.5)).toEqual(Array(15).fill(1));
  });

  test('forecasts that take too long wait for the next tick, the longest unforecast first', async () => {
    const clock = createFakeClock(START_MS);
    const quick = lastValueForecaster();
    const forecaster: typeof quick = {
      calls: quick.calls,
      forecast(requests) {
        clock.advance(requests.length);
        return quick.forecast(requests);
      },
    };
    const names = ['a', 'b', 'c', 'd', 'e'];
    const { tickAt } = fleetUnderTest({ names, deps: { clock, forecaster, forecastSeconds: 1.5 } });
    const first = await tickAt(30);
    expect(first.map(({ decision }) => decision.forecast.kind)).toEqual([
      'forecast',
      'forecast',
      'unavailable',
      'unavailable',
      'unavailable',
    ]);
    expect(first[2].decision.forecast.skipped[0].reason).toBe('DeadlineExceeded');
    await tickAt(45);
    await tickAt(90);
    await tickAt(105);
    expect(quick.calls.flat().map((key) => key.at(-1))).toEqual(['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c']);
  });

  test('tells how far the newest slot was from its forecast', async () => {
    const { deps, tickAt } = fleetUnderTest({
      source: createFakeMetricsSource({ value: (startMs) => (startMs >= START_MS ? 500 : 400) }),
    });
    await tickAt(30);
    await tickAt(90);
    // Forecast 400, measured 500.
    expect(await metricValue(deps, 'forecast_absolute_error_ratio', { name: 'a' })).toBeCloseTo(0.2, 9);
  });
});

describe('faults of a metrics source', () => {
  test.each<[Fault, string]>([
    ['refuses', 'MetricsSourceDown'],
    ['throws', 'MetricsSourceDown'],
    ['short', 'MetricsSourceDown'],
    ['hangs', 'MetricsSourceDown'],
    ['ignoresAbort', 'MetricsSourceDown'],
    ['empty', 'EmptyMetrics'],
    ['notANumber', 'NotANumberMetrics'],
    ['partial', 'PartialMetrics'],
  ])('%s: abstains with %s, keeps what runs, recovers by itself', async (fault, reason) => {
    const source = createFakeMetricsSource({ value: swing });
    const scaler = createFakeScaler({ startReplicas: 3 });
    const { tickAt } = fleetUnderTest({ source, deps: { scaler, observeSeconds: 0.02 } });
    await tickAt(30);
    const before = scaler.written.length;
    source.fault = fault;
    const [{ decision, actuation }] = await tickAt(45);
    expect(decision.outcome).toEqual({ kind: 'abstain', reason });
    expect(actuation.result).toBe('unchanged');
    expect(scaler.written).toHaveLength(before);
    source.fault = undefined;
    const [after] = await tickAt(60);
    expect(after.decision.outcome.kind).not.toBe('abstain');
  });

  test('a source that is down costs its own workloads alone, and is counted', async () => {
    const good = createFakeMetricsSource({ value: swing });
    const bad = createFakeMetricsSource({ value: swing });
    bad.fault = 'ignoresAbort';
    const { deps, tickAt } = fleetUnderTest({
      names: ['a', 'b'],
      source: (name) => (name === 'a' ? bad : good),
      deps: { observeSeconds: 0.02 },
    });
    expect(reasons(await tickAt(30))[0]).toBe('MetricsSourceDown');
    expect((await tickAt(45))[1].decision.observed.arrivalRate.kind).toBe('value');
    expect(await metricValue(deps, 'metrics_source_errors_total', { kind: 'sourceDown' })).toBe(2);
  });

  test.each([
    { looksBetweenSlots: true, seconds: 60 },
    { looksBetweenSlots: false, seconds: 150 },
  ])('a load that steps up is measured after $seconds s (between slots: $looksBetweenSlots)', async (one) => {
    const steppedMs = START_MS + 15_000;
    const source = createFakeMetricsSource({ value: (startMs) => (startMs < steppedMs ? 400 : 1600) });
    const { tickAt } = fleetUnderTest({ source, deps: { looksBetweenSlots: one.looksBetweenSlots } });
    const measured = new Map<number, unknown>();
    for (let seconds = 0; seconds <= one.seconds; seconds += 15) {
      const { arrivalRate } = (await tickAt(seconds))[0].decision.observed;
      measured.set(seconds, 'value' in arrivalRate ? arrivalRate.value : undefined);
    }
    expect(measured.get(one.seconds - 15)).toBe(400);
    expect(measured.get(one.seconds)).toBe(1600);
  });

  test('history that was missed while the source was down is there afterwards', async () => {
    const source = createFakeMetricsSource({ value: swing });
    const { deps, tickAt } = fleetUnderTest({ source });
    await tickAt(30);
    source.fault = 'refuses';
    for (let seconds = 45; seconds < 600; seconds += 15) await tickAt(seconds);
    source.fault = undefined;
    await tickAt(600);
    const { values } = deps.fleet.members()[0].history.series();
    expect(values.length).toBeGreaterThan(50);
    expect(values.some(Number.isNaN)).toBe(false);
  });
});

describe('one workload does not hurt the others', () => {
  const isolated = async (deps: Parameters<typeof fleetUnderTest>[0]) => {
    const fleet = fleetUnderTest({ names: ['good', 'bad', 'fine'], ...deps });
    const stored = await fleet.tickAt(30);
    return { ...fleet, names: stored.map(({ decision }) => decision.workload.name), stored };
  };

  test('whose replicas cannot be read', async () => {
    const scaler = createFakeScaler({ startReplicas: 3 });
    const read: typeof scaler.read = (policy, ...rest) => {
      if (policy.workload.name === 'bad') throw new Error('no such deployment');
      return scaler.read(policy, ...rest);
    };
    const { names, logged, deps } = await isolated({ deps: { scaler: { ...scaler, read } } });
    expect(names).toEqual(['good', 'fine']);
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'workload lost a tick',
        fields: expect.objectContaining({ workload: 'shop/bad', stage: 'observe' }),
      }),
    );
    expect(await metricValue(deps, 'workload_errors_total', { stage: 'observe' })).toBe(1);
  });

  test('a server too slow for all of them: those that were read are written, the others come first at the next tick', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const scaler = createFakeScaler({ startReplicas: 2 });
    let answers = 0;
    const read: typeof scaler.read = async (policy, nowMs, signal) => {
      answers += 1;
      // Two of a tick's reads are answered; the others are as those that hang.
      if (answers > 2) await once(signal, 'abort');
      return scaler.read(policy, nowMs, signal);
    };
    const { tickAt, logged, deps } = fleetUnderTest({
      names,
      deps: { scaler: { ...scaler, read }, lookSeconds: 0.05 },
    });
    const served: string[][] = [];
    for (const seconds of [30, 45, 60]) {
      answers = 0;
      const stored = await tickAt(seconds);
      served.push(stored.map(({ decision }) => decision.workload.name));
    }
    expect(served).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['a', 'e'],
    ]);
    expect(scaler.written).toHaveLength(names.length);
    const told = logged.map(({ level, fields }) => ({ level, ...fields }));
    expect(told).toContainEqual({ level: 'error', unread: 3, of: 5 });
    expect(await metricValue(deps, 'workload_errors_total', { stage: 'observe' })).toBe(9);
  });

  test('whose write fails: the failure is its record', async () => {
    const scaler = createFakeScaler({ startReplicas: 1 });
    const write: typeof scaler.write = (request, signal) =>
      request.policy.workload.name === 'bad'
        ? Promise.reject(new Error('forbidden'))
        : scaler.write(request, signal);
    const { stored } = await isolated({ deps: { scaler: { ...scaler, write } } });
    expect(stored.map(({ actuation }) => actuation.result)).toEqual(['applied', 'failed', 'applied']);
    expect(stored[1].actuation.message).toBe('forbidden');
  });

  test('whose forecast throws: it is served for its measured load', async () => {
    const sane = lastValueForecaster();
    const { stored } = await isolated({
      deps: {
        forecaster: {
          forecast(requests) {
            if (requests.some((request) => request.seriesKey === 'shop/bad')) throw new Error('singular');
            return sane.forecast(requests);
          },
        },
      },
    });
    expect(stored.map(({ decision }) => decision.forecast.kind)).toEqual([
      'forecast',
      'unavailable',
      'forecast',
    ]);
    expect(stored[1].decision.sizing?.basis).toBe('measured');
  });

  test('whose decision throws: it loses that tick, and only that', async () => {
    const { deps, tickAt, names } = await isolated({});
    expect(names).toHaveLength(3);
    const bad = deps.fleet.member({ namespace: 'shop', name: 'bad' })!;
    const { memory } = bad;
    bad.memory = undefined;
    Object.defineProperty(bad, 'memory', {
      get: () => {
        throw new Error('a bug');
      },
      set: () => undefined,
      configurable: true,
    });
    expect(await tickAt(45)).toHaveLength(2);
    Object.defineProperty(bad, 'memory', { value: memory, writable: true });
    expect(await tickAt(60)).toHaveLength(3);
  });
});

describe('who is attended', () => {
  test('a workload lives in its own time, and no longer than its recording', async () => {
    const aYearAgo = -365 * 24 * 60 * MINUTE;
    const { tickAt } = fleetUnderTest({
      names: ['now', 'then'],
      attendance: (name) =>
        name === 'now'
          ? ALWAYS
          : { firstAtMs: START_MS + aYearAgo, lastAtMs: START_MS + aYearAgo + MINUTE, offsetMs: aYearAgo },
    });
    const [, { decision }] = await tickAt(30);
    expect(decision.decidedAtMs).toBe(START_MS + aYearAgo + 30_000);
    expect(decision.observed.arrivalRate).toMatchObject({ endsAtMs: START_MS + aYearAgo });
    expect(await tickAt(60)).toHaveLength(2);
    expect(await tickAt(75)).toHaveLength(1);
  });

  test('a workload that was removed is not asked for any more', async () => {
    const { deps, tickAt } = fleetUnderTest({ names: ['a', 'b'] });
    await tickAt(0);
    deps.fleet.remove({ namespace: 'shop', name: 'a' });
    expect((await tickAt(15)).map(({ decision }) => decision.workload.name)).toEqual(['b']);
  });

  test('a source of 5-minute means makes it a 5-minute policy', async () => {
    const source = createFakeMetricsSource({ value: swing, resolutionSeconds: 300 });
    const { tickAt } = fleetUnderTest({ source });
    const [{ decision }] = await tickAt(300 + 240);
    expect(decision.observed.arrivalRate).toMatchObject({ kind: 'value', endsAtMs: START_MS + 300_000 });
    expect(decision.forecast).toMatchObject({ stepSeconds: 300 });
  });
});

describe('a dependency that is asked', () => {
  const policy = (name: string) => ({ ...policyNamed(name), dependencies: [aDependency()] });
  const sourceWith = (free: number | undefined) =>
    createFakeMetricsSource({
      value: (startMs, { metric }) => (typeof metric === 'object' ? free : 10 * swing(startMs)),
    });
  const decidedWith = async (free: number | undefined) => {
    const [{ decision }] = await fleetUnderTest({ policy, source: sourceWith(free) }).tickAt(0);
    return decision;
  };

  test('is read in the same batch, and what it has left holds the count back', async () => {
    const source = sourceWith(25);
    const [{ decision }] = await fleetUnderTest({ policy, source }).tickAt(0);
    expect(source.batches).toHaveLength(1);
    expect(decision.observed.dependencies).toEqual([
      { name: 'orders-db', free: expect.objectContaining({ kind: 'value', value: 25 }) },
    ]);
    // Three run; 25 connections more are two replicas.
    expect(desiredReplicas(decision)).toBe(5);
    expect(decision.outcome.reason).toBe('DependencyLimit');
  });
  test('and says nothing limits nothing, which is not the same as having nothing left', async () => {
    const silent = await decidedWith(undefined);
    expect(silent.observed.dependencies).toEqual([{ name: 'orders-db', free: { kind: 'empty' } }]);
    expect(desiredReplicas(silent)).toBeGreaterThan(5);
    const full = await decidedWith(0);
    expect(desiredReplicas(full)).toBe(3);
    expect(full.outcome).toEqual({ kind: 'hold', reason: 'DependencyLimit' });
  });
});

describe('what is told', () => {
  test('news are logged, repetitions are not', async () => {
    const { logged, tickAt } = fleetUnderTest({
      source: createFakeMetricsSource({ value: () => 400 }),
    });
    for (let seconds = 0; seconds <= 600; seconds += 15) await tickAt(seconds);
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.length).toBeLessThan(8);
    expect(new Set(logged.map((line) => line.message))).toEqual(new Set(['decided']));
  });
});
