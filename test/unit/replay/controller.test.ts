import { describe, expect, test } from 'vitest';
import { QUANTILE_LEVELS, type Forecast, type ForecastResult } from '../../../src/domain/forecast.ts';
import { slotStartMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { createController } from '../../../src/replay/controller.ts';
import { neededAt } from '../../../src/replay/needed-path.ts';
import { playAll } from '../../../src/replay/play.ts';
import type { PlayedStep } from '../../../src/replay/played-run.ts';
import { addTallies, scoreOf, type RunScore } from '../../../src/replay/score.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

const STARTUP_SECONDS = 180;
const DELAY_SECONDS = 30;
const TICK_SECONDS = 15;
const HORIZON = 15;

function rowsOf(values: readonly number[]): TimeSeries {
  return { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: 60, values: Float64Array.from(values) };
}

type Rule = (slot: number, step: number) => number;

/** Trusted, and certain of what the rule says. */
function certainly(rows: TimeSeries, rule: Rule): (slot: number) => ForecastResult {
  return (slot): Forecast => {
    const rates = Array.from({ length: HORIZON }, (_, step) => Math.max(0, rule(slot, step)));
    return {
      kind: 'forecast',
      model: 'naive',
      skipped: [],
      confidenceRatio: 1,
      originAtMs: slotStartMs(rows, slot),
      stepSeconds: 60,
      meanRps: rates,
      quantilesRps: rates.map((rate) => QUANTILE_LEVELS.map(() => rate)),
    };
  };
}

interface Course {
  readonly steps: readonly PlayedStep[];
  readonly score: RunScore;
}

function play(rows: TimeSeries, forecastAt: (slot: number) => ForecastResult): Course {
  const policy = refereePolicy(60, STARTUP_SECONDS);
  const world = refereeWorld(rows, policy);
  const { serviceRateRps } = world.model;
  const steps: PlayedStep[] = [];
  const controller = createController('prescale', {
    policy,
    serviceRateRps,
    path: world.path,
    history: rows,
    forecastAt,
  });
  const [{ tally }] = playAll(world, [controller], { onStep: (_, played) => steps.push({ ...played }) });
  return { steps, score: scoreOf(addTallies(tally.days), tally.maxReplicas(), policy.cost) };
}

const unavailable: ForecastResult = { kind: 'unavailable', skipped: [] };

describe('a crowd of five times the load, within a minute and announced by nothing', () => {
  const plateauRow = 300;
  const rows = rowsOf(
    Array.from({ length: 400 }, (_, row) => (row < plateauRow - 1 ? 100 : row < plateauRow ? 300 : 500)),
  );
  const world = refereeWorld(rows, refereePolicy(60, STARTUP_SECONDS));
  test.each([
    ['without a forecast', () => unavailable],
    ['with a forecast of nothing', certainly(rows, () => 0)],
    ['with a forecast that it stays as it was', certainly(rows, () => 100)],
  ] as const)('is covered a start-up, the delay and a tick after it is all there, %s', (_, forecastAt) => {
    const { steps } = play(rows, forecastAt);
    const coveredAt = plateauRow * 4 + (STARTUP_SECONDS + DELAY_SECONDS + TICK_SECONDS) / 15;
    for (const { step, readyReplicas } of steps.filter(({ step }) => step >= coveredAt))
      expect(readyReplicas, `step ${step}`).toBeGreaterThanOrEqual(neededAt(world.needed, step));
  });
});

describe('forecasts that are garbage', () => {
  /** Twelve hours between 100 and 200 requests per second, up and down every two hours. */
  const rows = rowsOf(
    Array.from({ length: 720 }, (_, row) => 150 + 50 * Math.sin((2 * Math.PI * row) / 120)),
  );
  const truth: Rule = (slot, step) => rows.values[Math.min(rows.values.length - 1, slot + step)];
  const reactive = play(
    rows,
    certainly(rows, () => 0),
  ).score;
  test.each([
    ['none at all', () => unavailable],
    ['of a tenth of the truth', certainly(rows, (slot, step) => 0.1 * truth(slot, step))],
    [
      'of the load an hour later, which is the other way round',
      certainly(rows, (slot, step) => truth(slot + 60, step)),
    ],
  ] as const)('%s: no request more is late than without any forecast', (_, forecastAt) => {
    const { score } = play(rows, forecastAt);
    expect(score.sloViolationRatio).toBeLessThanOrEqual(reactive.sloViolationRatio + 1e-9);
    expect(score.overloadedRatio).toBeLessThanOrEqual(reactive.overloadedRatio);
  });
  test('a true one is less late, at hardly more: foresight', () => {
    const { score } = play(rows, certainly(rows, truth));
    expect(score.sloViolationRatio).toBeLessThan(reactive.sloViolationRatio);
    expect(score.replicaHours).toBeLessThan(1.1 * reactive.replicaHours);
  });
});

describe('what it is told', () => {
  test('nothing in a gap but the last sample, which grows stale: nothing is removed', () => {
    const rows = rowsOf(Array.from({ length: 400 }, (_, row) => (row < 300 || row > 340 ? 200 : Number.NaN)));
    const { steps } = play(
      rows,
      certainly(rows, () => 200),
    );
    const before = steps.find(({ step }) => step === 300 * 4 - 1)!;
    for (const { desiredReplicas } of steps.filter(({ step }) => step >= 1200 && step < 341 * 4))
      expect(desiredReplicas).toBe(before.desiredReplicas);
  });
});
