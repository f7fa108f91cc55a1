import { describe, expect, test } from 'vitest';
import type { Expert, Question } from '../../../../src/forecast/models/ensemble/expert.ts';
import { ContendedExpert } from '../../../../src/forecast/models/lstm/contended-expert.ts';
import type { ServedNetwork } from '../../../../src/forecast/models/lstm/correction-memory.ts';
import type { Challenger } from '../../../../src/forecast/models/lstm/lstm.ts';

const STEP_SECONDS = 900;
const SLOTS_PER_DAY = 96;
const SLOTS = 12 * SLOTS_PER_DAY;
const HORIZON_STEPS = 4;
/** What comes at each slot. */
const CAME_RPS = 100;
const CHAMPION_RPS = 110;

/** Says one rate for all steps, by the origin. */
function saying(rateRpsAt: (slot: number) => number): Expert {
  return {
    answerFor: () => ({
      key: 'network',
      write: (slot, { ratesRps }) => (ratesRps.fill(rateRpsAt(slot)), true),
    }),
    forgetBefore: () => undefined,
    startAnew: () => undefined,
  };
}

function questionUpTo(slots: number, workloadClass?: string): Question {
  const history = {
    firstSlot: 0,
    stepSeconds: STEP_SECONDS,
    slotsPerDay: SLOTS_PER_DAY,
    ratesRps: new Float64Array(slots).fill(CAME_RPS),
  };
  return { history, horizonSteps: HORIZON_STEPS, workloadClass } as unknown as Question;
}

const challenger = (unseenFromSlot = 0): Challenger => ({
  network: {} as ServedNetwork,
  unseenFromMs: unseenFromSlot * STEP_SECONDS * 1000,
});

/** What is said at each origin, asked one after the other as they come. */
function saidBy(expert: Expert, from = 1, to = SLOTS): number[] {
  const said: number[] = [];
  const into = { ratesRps: new Float64Array(HORIZON_STEPS), sizes: new Float32Array(HORIZON_STEPS) };
  for (let slot = from; slot < to; slot += 1) {
    expert.answerFor(questionUpTo(slot)).write(slot, into);
    said.push(into.ratesRps[0]);
  }
  return said;
}

function contended(rateRpsAt: (slot: number) => number, contender: () => Challenger | undefined): Expert {
  return new ContendedExpert(
    saying(() => CHAMPION_RPS),
    contender,
    () => saying(rateRpsAt),
  );
}

const WIN_SLOTS = 2 * SLOTS_PER_DAY + HORIZON_STEPS + 1;

describe('which of two networks speaks at an origin', () => {
  test('the challenger from when it has surely won on, and no sooner: two days after it had seen the last', () => {
    const late = challenger(3 * SLOTS_PER_DAY);
    const said = saidBy(
      contended(
        () => 102,
        () => late,
      ),
    );
    const swapped = said.indexOf(102) + 1;
    expect(swapped).toBe(3 * SLOTS_PER_DAY + WIN_SLOTS - 1);
    expect(new Set(said.slice(swapped - 1))).toEqual(new Set([102]));
  });

  test.each([
    ['is worse', () => 130],
    ['is the same', () => CHAMPION_RPS],
    ['is better and worse in turn', (slot: number) => (slot % 2 === 0 ? 102 : 121)],
  ])('the champion at all where the challenger %s', (_, rateRpsAt) => {
    const one = challenger();
    const expert = contended(rateRpsAt, () => one);
    expect(new Set(saidBy(expert))).toEqual(new Set([CHAMPION_RPS]));
    expect(expert.networkInUse?.()).toMatchObject({ network: 'champion', reason: 'NotWon' });
  });

  test('the champion again once what the challenger gained is gone, with the reason', () => {
    const one = challenger();
    const turns = 6 * SLOTS_PER_DAY;
    const expert = contended(
      (slot) => (slot < turns ? 102 : 150),
      () => one,
    );
    const said = saidBy(expert);
    expect(said[turns - 1]).toBe(150);
    expect(said.at(-1)).toBe(CHAMPION_RPS);
    const lost = said.lastIndexOf(150) + 1 - turns;
    expect(lost).toBeLessThan(SLOTS_PER_DAY / 2);
    expect(expert.networkInUse?.()).toMatchObject({ network: 'champion', reason: 'FellBack' });
  });

  test('the champion at once where the challenger is gone; the next one is taken where all starts anew', () => {
    let contender: Challenger | undefined = challenger();
    const expert = contended(
      () => 102,
      () => contender,
    );
    const half = SLOTS / 2;
    expect(saidBy(expert, 1, half).at(-1)).toBe(102);
    contender = undefined;
    expect(saidBy(expert, half, half + 1)).toEqual([CHAMPION_RPS]);
    expect(expert.networkInUse?.()).toBeUndefined();
    contender = challenger();
    expect(saidBy(expert, half + 1).at(-1)).toBe(CHAMPION_RPS);
    expert.startAnew();
    expect(saidBy(expert).at(-1)).toBe(102);
  });

  test('asked about the newest origin first, and then from the oldest on, it answers as if only asked in order', () => {
    const one = challenger();
    const newestFirst = contended(
      () => 102,
      () => one,
    );
    saidBy(newestFirst, SLOTS - 1);
    expect(saidBy(newestFirst)).toEqual(
      saidBy(
        contended(
          () => 102,
          () => one,
        ),
      ),
    );
  });

  test('each class has its own', () => {
    const asked: string[] = [];
    const expert = new ContendedExpert(
      saying(() => CHAMPION_RPS),
      (workloadClass) => (asked.push(workloadClass), undefined),
      () => saying(() => 0),
    );
    for (const workloadClass of ['web', undefined]) expert.answerFor(questionUpTo(9, workloadClass));
    expect(asked).toEqual(['web', 'default']);
  });
});
