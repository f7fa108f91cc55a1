import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import { between, type DayProfile, isWeekend, PROFILE_BINS } from '../../day-profile.ts';
import { endSlotOf, type History } from '../../history.ts';
import type { LocalClock } from '../../local-clock.ts';
import type { Expert, ExpertKind } from './expert.ts';

/** From this age on a workload's own days say more, and nothing is borrowed. */
export const YOUNG_SECONDS = 2 * SECONDS_PER_DAY;

/** The level is a mean over as far back as a step lies ahead, within these: the farther, the less the newest noise tells. */
const LEVEL_SECONDS = [600, 3600];
/** How far the shape is followed is learnt from means of blocks, and how they change over some of them. */
const BLOCK_SECONDS = 900;
const CHANGE_SECONDS = 3600;
/** What is believed of a shape that nothing is known of, and the sum of squared changes that is worth as much. */
const PRIOR_EXPONENT = 0.5;
const PRIOR_WEIGHT = 0.1;
const MOST_EXPONENT = 1.25;
/** A change by more than a factor of e says no more than that. */
const MOST_CHANGE = 1;
/** Added to a block's mean, as a share of the mean so far; and the least share of the shape: near 0 a ratio says little. */
const FLOOR_RATIO = 0.05;
/** A load that is 0 so far has a logarithm as well. */
const LEAST_RPS = 1e-9;

/**
 * Follows the day of workloads like it: y(t + h) = L(t) S(t + h)^b, where S is their common profile and L the level, the mean
 * of y over that of S^b over as long before t as t + h is after it. The exponent b is what the workload's own changes have had of the shape's so far (ridge
 * regression towards 0.5, Hoerl and Kennard 1970): a shape that it does not share is left within hours. One of a workload
 * for each profile; reads nothing from the origin on.
 */
export function borrowedShape(profile: DayProfile): ExpertKind {
  return { name: 'borrowed-shape', create: () => createBorrower(logarithmsOf(profile)) };
}

/** Of a slot's share, natural. */
type Shape = (slot: number) => number;

type Logarithms = Readonly<Record<'weekday' | 'weekend', readonly number[]>>;

function logarithmsOf({ weekday, weekend }: DayProfile): Logarithms {
  const of = (shares: readonly number[]) => shares.map((share) => Math.log(Math.max(FLOOR_RATIO, share)));
  return { weekday: of(weekday), weekend: of(weekend) };
}

function createBorrower(logarithms: Logarithms): Expert {
  return {
    answerFor({ history, clock }) {
      const shape = shapeOn(logarithms, history, clock);
      const exponentAt = exponentsOf(history, shape);
      return {
        key: 'borrowed-shape',
        write: (originSlot, { ratesRps }) =>
          follow(shape, exponentAt(originSlot), { history, originSlot, ratesRps }),
      };
    },
    forgetBefore: () => undefined,
    startAnew: () => undefined,
  };
}

function shapeOn(logarithms: Logarithms, { slotsPerDay }: History, clock: LocalClock): Shape {
  return (slot) => {
    const localSlot = slot + clock.offsetSlots(slot);
    const day = Math.floor(localSlot / slotsPerDay);
    const middle = localSlot - day * slotsPerDay + 0.5;
    return between(
      isWeekend(day) ? logarithms.weekend : logarithms.weekday,
      (middle * PROFILE_BINS) / slotsPerDay,
    );
  };
}

/** The exponent as it was known at each slot, from whole blocks before it. */
function exponentsOf(history: History, shape: Shape): (slot: number) => number {
  const blockSlots = Math.max(1, Math.round(BLOCK_SECONDS / history.stepSeconds));
  const apart = Math.max(1, Math.round(CHANGE_SECONDS / (blockSlots * history.stepSeconds)));
  const { firstBlock, logs } = blockLogs(history, blockSlots);
  const known = [PRIOR_EXPONENT];
  let products = PRIOR_EXPONENT * PRIOR_WEIGHT;
  let squares = PRIOR_WEIGHT;
  const shapes = logs.map((_, block) =>
    shape((firstBlock + block) * blockSlots + Math.floor(blockSlots / 2)),
  );
  for (let block = 0; block < logs.length; block += 1) {
    const change = logs[block] - logs[block - apart];
    if (!Number.isNaN(change)) {
      const ofShape = shapes[block] - shapes[block - apart];
      // Changes over `apart` blocks overlap.
      products += (ofShape * Math.max(-MOST_CHANGE, Math.min(MOST_CHANGE, change))) / apart;
      squares += ofShape ** 2 / apart;
    }
    known.push(Math.max(0, Math.min(MOST_EXPONENT, products / squares)));
  }
  return (slot) => known[Math.max(0, Math.min(logs.length, Math.floor(slot / blockSlots) - firstBlock))];
}

/** Of the mean of each whole block, natural; NaN where there is no sample. Blocks are counted from the epoch on. */
function blockLogs(
  history: History,
  blockSlots: number,
): { readonly firstBlock: number; readonly logs: readonly number[] } {
  const { firstSlot, ratesRps } = history;
  const firstBlock = Math.ceil(firstSlot / blockSlots);
  const logs: number[] = [];
  let [sum, count] = [0, 0];
  for (let block = firstBlock; (block + 1) * blockSlots <= endSlotOf(history); block += 1) {
    const from = block * blockSlots - firstSlot;
    let [blockSum, blockCount] = [0, 0];
    for (const rate of ratesRps.subarray(from, from + blockSlots)) {
      if (Number.isNaN(rate)) continue;
      blockSum += rate;
      blockCount += 1;
    }
    sum += blockSum;
    count += blockCount;
    const floorRps = LEAST_RPS + (count > 0 ? (FLOOR_RATIO * sum) / count : 0);
    logs.push(blockCount > 0 ? Math.log(blockSum / blockCount + floorRps) : Number.NaN);
  }
  return { firstBlock, logs };
}

interface Asked {
  readonly history: History;
  readonly originSlot: number;
  readonly ratesRps: Float64Array;
}

/** False where nothing is known of the level. */
function follow(shape: Shape, exponent: number, { history, originSlot, ratesRps: path }: Asked): boolean {
  const { firstSlot, stepSeconds, ratesRps } = history;
  const [leastSlots, mostSlots] = LEVEL_SECONDS.map((seconds) =>
    Math.max(1, Math.round(seconds / stepSeconds)),
  );
  let [from, came, shares] = [originSlot, 0, 0];
  for (let step = 0; step < path.length; step += 1) {
    const wanted = originSlot - Math.max(leastSlots, Math.min(mostSlots, step + 1));
    while (from > firstSlot && (from > wanted || shares === 0)) {
      from -= 1;
      const rate = ratesRps[from - firstSlot];
      if (Number.isNaN(rate)) continue;
      came += rate;
      shares += Math.exp(exponent * shape(from));
    }
    if (shares === 0) return false;
    path[step] = (came / shares) * Math.exp(exponent * shape(originSlot + step));
  }
  return true;
}
