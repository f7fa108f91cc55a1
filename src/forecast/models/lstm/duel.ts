import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import type { NetworkInUse } from '../../../domain/forecast.ts';
import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';
import type { CorrectedPath } from './correction-memory.ts';
import { missedRps } from './missed-rps.ts';

/** Half of what a network gained is of the newest so many origins: about a day of 15-minute ones. */
const HALF_LIFE_ORIGINS = 100;
const MEMORY = 0.5 ** (1 / HALF_LIFE_ORIGINS);
/** A challenger serves after so many origins, over so long: those of one day share its luck. */
const LEAST_ORIGINS = 100;
const LEAST_SPAN_SECONDS = 2 * SECONDS_PER_DAY;
/** And after a mean gain of so many of its standard errors. It serves until its gain is below 0. */
const LEAST_CERTAINTY = 2;

/** What both networks said, and from when on the challenger had seen nothing. */
export interface Contest {
  /** Of the same origins at the end, ascending; one may go farther back. */
  readonly champion: readonly CorrectedPath[];
  readonly challenger: readonly CorrectedPath[];
  /** The challenger was trained and chosen with what came before this slot. */
  readonly unseenFromSlot: number;
  readonly scale: RateScale;
  readonly history: History;
}

/**
 * Which of two networks serves a series. Each corrects every past origin, whoever serves; the challenger begins in the
 * shadow, serves once it has surely missed fewer requests per second than the champion where it had seen nothing, and steps
 * back when what it gained lately is gone, to win anew or not. A function of the history, like all that serves.
 */
export function duel({ champion, challenger, unseenFromSlot, scale, history }: Contest): NetworkInUse {
  const both = Math.min(champion.length, challenger.length);
  const [held, asked] = [champion.slice(champion.length - both), challenger.slice(challenger.length - both)];
  const rounds = new Rounds();
  for (let index = 0; index < both; index += 1) {
    if (held[index].origin < unseenFromSlot) continue;
    const [ofChampion, ofChallenger] = [held[index], asked[index]].map((path) =>
      missedRps(path, 1, scale, history),
    );
    if (ofChampion !== undefined && ofChallenger !== undefined)
      rounds.add(held[index].origin * history.stepSeconds, ofChampion - ofChallenger);
  }
  return rounds.verdict();
}

/** The duel so far: its rounds come in their order. */
export class Rounds {
  #serves: NetworkInUse['network'] = 'champion';
  #hasFallenBack = false;
  #firstAtSeconds = 0;
  #newestAtSeconds = 0;
  #count = 0;
  #gain = 0;
  #squares = 0;

  get serves(): NetworkInUse['network'] {
    return this.#serves;
  }

  /** `gainRps`: what the champion missed and the challenger did not, of the origin at `atSeconds`. */
  add(atSeconds: number, gainRps: number): void {
    if (this.#count === 0) this.#firstAtSeconds = atSeconds;
    this.#newestAtSeconds = atSeconds;
    this.#count += 1;
    this.#gain = MEMORY * this.#gain + gainRps;
    this.#squares = MEMORY * MEMORY * this.#squares + gainRps * gainRps;
    if (this.#serves === 'champion') {
      if (this.#hasWon()) this.#serves = 'challenger';
    } else if (this.#gain < 0) this.#fallBack();
  }

  get #certainty(): number {
    return this.#squares > 0 ? this.#gain / Math.sqrt(this.#squares) : 0;
  }

  #hasWon(): boolean {
    const spanSeconds = this.#newestAtSeconds - this.#firstAtSeconds;
    const isLong = this.#count >= LEAST_ORIGINS && spanSeconds >= LEAST_SPAN_SECONDS;
    return isLong && this.#certainty >= LEAST_CERTAINTY;
  }

  #fallBack(): void {
    this.#serves = 'champion';
    this.#hasFallenBack = true;
    this.#count = 0;
    this.#gain = 0;
    this.#squares = 0;
  }

  verdict(): NetworkInUse {
    const gain = `${this.#certainty.toFixed(1)} standard errors of gain over ${this.#count} origins`;
    if (this.#serves === 'challenger')
      return { network: 'challenger', reason: 'Won', message: `the challenger serves: ${gain}` };
    if (this.#hasFallenBack)
      return {
        network: 'champion',
        reason: 'FellBack',
        message: `the challenger had become worse than the champion; ${gain} since`,
      };
    const message = `the challenger has not won: ${gain}`;
    return { network: 'champion', reason: 'NotWon', message };
  }
}
