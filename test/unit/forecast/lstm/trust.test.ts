import { describe, expect, test } from 'vitest';
import type { History } from '../../../../src/forecast/history.ts';
import type { CorrectedPath } from '../../../../src/forecast/models/lstm/correction-memory.ts';
import { earnedTrust } from '../../../../src/forecast/models/lstm/trust.ts';
import { SQUARE_ROOT } from '../../../../src/forecast/scale.ts';
import { createRandom } from '../../../../src/domain/random.ts';

const STEP_SECONDS = 900;
const ORIGINS = 360;
/** In the scale: what the base said at each origin, and what the network would add to it. */
const BASE = 10;
const SHIFT = 1;

/** The corrections of origins one step long, and what came there: BASE and so much of the shift. */
function pastOf(cameShifts: readonly number[]): { past: CorrectedPath[]; history: History } {
  const base = { forecasts: Float64Array.of(BASE), sizes: Float64Array.of(1) };
  const corrections = [{ shift: SHIFT }] as unknown as CorrectedPath['corrections'];
  const past = cameShifts.map((_, origin) => ({ origin, base, corrections }));
  const ratesRps = Float64Array.from(cameShifts, (shift) => SQUARE_ROOT.rpsFromScaled(BASE + shift));
  return { past, history: { firstSlot: 0, stepSeconds: STEP_SECONDS, ratesRps } as unknown as History };
}

function trustAfter(cameShifts: readonly number[]) {
  const { past, history } = pastOf(cameShifts);
  return earnedTrust(past, SQUARE_ROOT, history);
}

/** Comes as the network says with a probability, else as far on the other side. */
function coming(seed: number, origins: number, rightRatio: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: origins }, () => (random() < rightRatio ? SHIFT : -SHIFT));
}

describe('the trust in a network', () => {
  test('is earned by gains beyond chance, not by none', () => {
    expect(trustAfter(coming(1, ORIGINS, 0.9)).trust).toBeGreaterThan(0);
    expect(trustAfter(coming(1, ORIGINS, 0.5)).trust).toBe(0);
  });

  test('is not earned within two days, however right the network is', () => {
    expect(trustAfter(coming(1, 190, 1))).toMatchObject({ trust: 0, hasLed: false });
  });

  test('fades, and it is told that there was some', () => {
    const lost = [...coming(1, ORIGINS - 80, 0.7), ...coming(2, 80, 0)];
    expect(trustAfter(lost)).toMatchObject({ trust: 0, hasLed: true });
  });

  test('once earned it outlasts gains that would not earn it', () => {
    const earned = coming(1, 300, 0.62);
    const faded = [...earned, ...coming(5, 60, 0.4)];
    const [before, after] = [earned, faded].map(trustAfter);
    expect(before.certainty).toBeGreaterThan(3);
    expect(after.certainty).toBeGreaterThan(2);
    expect(after.certainty).toBeLessThan(3);
    expect(after.trust).toBeGreaterThan(0);
  });
});
