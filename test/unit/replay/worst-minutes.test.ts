import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import type { PlayedStep } from '../../../src/replay/played-run.ts';
import { createWorstMinutes, type WorstMinute } from '../../../src/replay/worst-minutes.ts';

const STEP_SECONDS = 15;
const STARTUP_SECONDS = 90;

/** A step's late share, and its rate; a decision at the beginning of each. */
function worstOf(
  count: number,
  lateRatios: readonly number[],
  rateRps = (_step: number): number => 10,
): readonly WorstMinute[] {
  const { decided, played, worst } = createWorstMinutes(count, STARTUP_SECONDS);
  lateRatios.forEach((lateRatio, step) => {
    const startMs = step * STEP_SECONDS * 1000;
    decided({ decidedAtMs: startMs } as Decision);
    const truth = { rateRps: rateRps(step), seconds: STEP_SECONDS, neededReplicas: 1, startMs };
    played({ step, lateRatio, readyReplicas: 3 } as PlayedStep, truth);
  });
  return worst();
}

const secondsOf = ({ decidedAtMs }: Decision): number => decidedAtMs / 1000;

describe('the worst minutes', () => {
  test('the most late requests first, so many as asked for, none without any', () => {
    const steps = [0, 0, 0, 0, 0.1, 0, 0, 0, 0.5, 0.5, 0, 0, 0.2, 0, 0, 0];
    expect(worstOf(2, steps).map(({ startMs }) => startMs)).toEqual([120_000, 180_000]);
    expect(worstOf(9, steps).map(({ lateRequests }) => lateRequests)).toEqual([150, 30, 15]);
    expect(worstOf(9, [0, 0, 0, 0])).toEqual([]);
  });
  test('each with all that was decided in it, and the last decision that could still be in time', () => {
    const steps = Array.from({ length: 40 }, (_, step) => (step === 18 ? 1 : 0));
    const [{ decisions, inTime }] = worstOf(1, steps);
    expect(decisions.map(secondsOf)).toEqual([240, 255, 270, 285]);
    expect(secondsOf(inTime!)).toBe(240 - STARTUP_SECONDS);
  });
  test('at the beginning nothing was in time', () => {
    expect(worstOf(1, [0, 1, 0, 0])[0].inTime).toBeUndefined();
  });
  test('steps of which nothing is known are none', () => {
    expect(worstOf(9, [1, 1, 1, 1], () => Number.NaN)).toEqual([]);
  });
});
