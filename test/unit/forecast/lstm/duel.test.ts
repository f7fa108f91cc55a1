import { describe, expect, test } from 'vitest';
import type { History } from '../../../../src/forecast/history.ts';
import type { CorrectedPath } from '../../../../src/forecast/models/lstm/correction-memory.ts';
import { duel } from '../../../../src/forecast/models/lstm/duel.ts';
import { SQUARE_ROOT } from '../../../../src/forecast/scale.ts';

const LOAD_RPS = 100;
const ORIGINS = 360;

/** 15-minute slots of a constant load, each of them an origin with a horizon of one step. */
const history = {
  firstSlot: 1_000_000,
  stepSeconds: 900,
  slotsPerDay: 96,
  offsetSlots: 0,
  largestRps: LOAD_RPS,
  crowds: [],
  passedOver: [],
  ratesRps: new Float64Array(ORIGINS + 1).fill(LOAD_RPS),
} as History;

type MissedAt = (index: number) => number;

/** A network that forecasts `missed(index)` requests per second too much at each origin, a little more or less by turns. */
function forecasts(missed: MissedAt, origins = ORIGINS): readonly CorrectedPath[] {
  return Array.from({ length: origins }, (_, index) => {
    const rate = LOAD_RPS + missed(index) + (index % 3);
    return {
      origin: history.firstSlot + index,
      base: { forecasts: Float64Array.of(Math.sqrt(rate)), sizes: Float64Array.of(1) },
      corrections: [{ shift: 0, below: 1, above: 1, farAbove: 1 }],
    };
  });
}

function serving(challenger: MissedAt, { origins = ORIGINS, unseenFrom = 0 } = {}): string {
  const { network, reason, message } = duel({
    champion: forecasts(() => 5, origins),
    challenger: forecasts(challenger, origins),
    unseenFromSlot: history.firstSlot + unseenFrom,
    scale: SQUARE_ROOT,
    history,
  });
  expect(message).toMatch(/standard errors of gain over \d+ origins/);
  return `${network} ${reason}`;
}

describe('a challenger serves when it has won on what it has not seen, and no longer', () => {
  const better: MissedAt = () => 3;
  const worse: MissedAt = () => 7;
  test.each<[string, MissedAt, { origins?: number; unseenFrom?: number }, string]>([
    ['better for days', better, {}, 'challenger Won'],
    ['better, but for less than two days', better, { origins: 190 }, 'champion NotWon'],
    ['better, but most of it on what it was trained with', better, { unseenFrom: 200 }, 'champion NotWon'],
    ['just as good', () => 5, {}, 'champion NotWon'],
    ['worse', worse, {}, 'champion NotWon'],
    ['now better, now worse', (index) => (index % 2 === 0 ? 3 : 7), {}, 'champion NotWon'],
    ['better, then worse', (index) => (index < 250 ? 3 : 7), {}, 'champion FellBack'],
    ['better, then as good', (index) => (index < 250 ? 3 : 5), {}, 'challenger Won'],
    ['better, then wrong by far for an hour', (index) => (index < 356 ? 3 : 900), {}, 'champion FellBack'],
    ['worse, then better for days', (index) => (index < 40 ? 7 : 1), {}, 'challenger Won'],
  ])('%s', (_, challenger, options, expected) => {
    expect(serving(challenger, options)).toBe(expected);
  });

  test('who fell back has to win anew, for as long as at first', () => {
    const fallen: MissedAt = (index) => (index === 200 ? 900 : 3);
    expect(serving(fallen, { origins: 200 })).toBe('challenger Won');
    expect(serving(fallen, { origins: 202 })).toBe('champion FellBack');
    expect(serving(fallen, { origins: 360 })).toBe('champion FellBack');
  });

  test('origins whose horizon is not over yet count for nothing', () => {
    const open = { ...history, ratesRps: history.ratesRps.subarray(0, 150) };
    const { reason } = duel({
      champion: forecasts(() => 5),
      challenger: forecasts(better),
      unseenFromSlot: 0,
      scale: SQUARE_ROOT,
      history: open,
    });
    expect(reason).toBe('NotWon');
  });

  test('a network that remembers fewer origins is compared on those that both have', () => {
    const { reason } = duel({
      champion: forecasts(() => 5),
      challenger: forecasts(better).slice(100),
      unseenFromSlot: 0,
      scale: SQUARE_ROOT,
      history,
    });
    expect(reason).toBe('Won');
  });
});
