import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';
import type { CorrectedPath } from './correction-memory.ts';
import { missedRps } from './missed-rps.ts';

/** How far the network's correction may be followed: 1 is all the way. Not at all is the base. */
export const TRUSTS = [0.25, 0.5, 0.75, 1] as const;

export interface Trust {
  /** 0: the base leads. */
  readonly trust: number;
  /** Mean gain per origin over its standard error, of the trust that gains most. */
  readonly certainty: number;
  readonly origins: number;
  /** Whether it has led at one of these origins. */
  readonly hasLed: boolean;
}

/** Half of the evidence is of the newest so many origins: about two days of 15-minute ones. */
const HALF_LIFE_ORIGINS = 200;
const MEMORY = 0.5 ** (1 / HALF_LIFE_ORIGINS);
/**
 * To lead, a mean gain must be so many of its standard errors: what a few large errors decide is luck. Who leads goes on until
 * it is fewer than the second: with one threshold noise changed the leader once or twice a day.
 */
export const LEADS_FROM_CERTAINTY = 3;
export const LEADS_TO_CERTAINTY = 2;
/** Nobody has led before this share of the origins: of little evidence, where it begins would decide, and that moves on. */
const EVIDENCE_RATIO = 0.75;
/** Origins of a single day share its luck: the evidence must span two. */
const LEAST_SPAN_SECONDS = 2 * SECONDS_PER_DAY;

/**
 * Champion and challenger on the past origins of this series: the challenger is the network, which was not
 * fitted to what came there, at each of TRUSTS. The one that gains most (requests per second that the base missed and it did
 * not) leads from when the gain is certain enough until it has faded. Found from the oldest origin on: a function of the history.
 */
export function earnedTrust(past: readonly CorrectedPath[], scale: RateScale, history: History): Trust {
  const evidence = new Evidence();
  let leads = false;
  let hasLed = false;
  for (const [index, path] of past.entries()) {
    const gains = gainsOf(path, scale, history);
    if (gains === undefined) continue;
    evidence.add(gains);
    const isLong = (path.origin - past[0].origin) * history.stepSeconds >= LEAST_SPAN_SECONDS;
    const mayLead = isLong && index >= EVIDENCE_RATIO * past.length;
    leads = mayLead && evidence.best().certainty >= (leads ? LEADS_TO_CERTAINTY : LEADS_FROM_CERTAINTY);
    hasLed ||= leads;
  }
  const { trust, certainty } = evidence.best();
  return { trust: leads ? trust : 0, certainty, origins: evidence.origins, hasLed };
}

/** Requests per second gained at the judged steps with each of TRUSTS; undefined before the horizon's end is known. */
function gainsOf(path: CorrectedPath, scale: RateScale, history: History): readonly number[] | undefined {
  const missed = missedRps(path, 0, scale, history);
  if (missed === undefined) return undefined;
  return TRUSTS.map((trust) => missed - (missedRps(path, trust, scale, history) ?? missed));
}

/** What was gained so far with each of TRUSTS, and the squares of it; the newer counts more. */
class Evidence {
  readonly #gains = new Float64Array(TRUSTS.length);
  readonly #squares = new Float64Array(TRUSTS.length);
  origins = 0;

  add(gains: readonly number[]): void {
    this.origins += 1;
    gains.forEach((gain, i) => {
      this.#gains[i] = MEMORY * this.#gains[i] + gain;
      this.#squares[i] = MEMORY * MEMORY * this.#squares[i] + gain * gain;
    });
  }

  /** Of the trust that gains most. */
  best(): { readonly trust: number; readonly certainty: number } {
    const most = this.#gains.indexOf(Math.max(...this.#gains));
    const square = this.#squares[most];
    return { trust: TRUSTS[most], certainty: square > 0 ? this.#gains[most] / Math.sqrt(square) : 0 };
  }
}
