import type { SlotValues } from '../domain/time-series.ts';
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

/** No load grows so many times beyond the largest of a whole day, and is gone again in hours: a counter did. */
const MOST_GROWTH = 50;
/** What stays longer is a new level. */
const LONGEST_SECONDS = 3 * SECONDS_PER_HOUR;
/** Fewer samples before say too little about what is usual. */
const LEAST_KNOWN_SECONDS = SECONDS_PER_HOUR;

/**
 * Takes out (NaN) samples that are no load but an error of measurement: more than 50 times the largest sample of the
 * day before, for three hours at most. One such sample would widen the upper quantiles of every model by its size for
 * as long as it is in the history. What has not ended yet stays: it may be a load that has come to stay.
 */
export function takeOutGlitches(ratesRps: SlotValues, stepSeconds: number): void {
  if (growsTooMuch(ratesRps, stepSeconds)) new GlitchFilter(stepSeconds).takeOut(ratesRps, 0);
}

/** The same for a history that grows. */
export class GlitchFilter {
  readonly #longestSlots: number;
  readonly #leastSlots: number;
  readonly #day: SlidingMaximum;

  constructor(stepSeconds: number) {
    this.#longestSlots = Math.max(1, Math.floor(LONGEST_SECONDS / stepSeconds));
    this.#leastSlots = Math.ceil(LEAST_KNOWN_SECONDS / stepSeconds);
    this.#day = new SlidingMaximum(Math.max(1, Math.round(SECONDS_PER_DAY / stepSeconds)));
  }

  takeOut(ratesRps: SlotValues, from: number): boolean {
    return this.look(ratesRps, from, (first, end) => void ratesRps.fill(Number.NaN, first, end));
  }

  /**
   * Goes on at slot `from`, where it ended before, and tells of each run [first, end) that is no load. False where the newest
   * samples may turn out to be an error of measurement: then it cannot go on from here.
   */
  look(ratesRps: SlotValues, from: number, noLoad: (first: number, end: number) => void): boolean {
    let isDecided = true;
    for (let slot = from; slot < ratesRps.length; slot += 1) {
      const limitRps = slot < this.#leastSlots ? Infinity : MOST_GROWTH * this.#day.before(ratesRps, slot);
      const end = endOfRun(ratesRps, slot, limitRps > 0 ? limitRps : Infinity);
      const isShort = end > slot && end - slot <= this.#longestSlots;
      if (isShort && end < ratesRps.length) {
        noLoad(slot, end);
        slot = end;
      } else if (isShort) isDecided = false;
      this.#day.add(ratesRps, slot);
    }
    return isDecided;
  }
}

/** Whether any hour's largest sample is so far beyond another's that there can be a glitch at all: one cheap pass. */
function growsTooMuch(ratesRps: SlotValues, stepSeconds: number): boolean {
  let least = Infinity;
  let most = 0;
  const hourSlots = Math.max(1, Math.ceil(SECONDS_PER_HOUR / stepSeconds));
  for (let from = 0; from < ratesRps.length; from += hourSlots) {
    let largest = 0;
    const end = Math.min(ratesRps.length, from + hourSlots);
    for (let slot = from; slot < end; slot += 1) if (ratesRps[slot] > largest) largest = ratesRps[slot];
    if (largest > 0 && largest < least) least = largest;
    if (largest > most) most = largest;
  }
  return most > MOST_GROWTH * least;
}

/** One past the last slot from `slot` on of those in a row that are above the limit; gaps within do not end it. */
function endOfRun(ratesRps: SlotValues, slot: number, limitRps: number): number {
  let end = slot;
  for (let i = slot; i < ratesRps.length && !(ratesRps[i] <= limitRps); i += 1)
    if (ratesRps[i] > limitRps) end = i + 1;
  return end;
}
