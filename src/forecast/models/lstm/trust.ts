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
}

/** Half of the evidence is of the newest so many origins: about two days of 15-minute ones. */
const HALF_LIFE_ORIGINS = 200;
/** A mean gain must be so many of its standard errors: what a few large errors decide is luck. */
const LEAST_CERTAINTY = 2;
/** Origins of a single day share its luck: the evidence must span two. */
const LEAST_SPAN_SECONDS = 2 * SECONDS_PER_DAY;

/**
 * Champion and challenger on the past origins of this series: the challenger is the network, which was not
 * fitted to what came there, at each of TRUSTS. The one that gains most (requests per second that the base missed and it did
 * not) leads, if the gain is certain enough; a gain that fades ends its lead by itself.
 */
export function earnedTrust(past: readonly CorrectedPath[], scale: RateScale, history: History): Trust {
  const tallies = TRUSTS.map(() => ({ gain: 0, square: 0 }));
  let origins = 0;
  for (let index = past.length - 1; index >= 0; index -= 1) {
    const gains = gainsOf(past[index], scale, history);
    if (gains === undefined) continue;
    const weight = 0.5 ** (origins / HALF_LIFE_ORIGINS);
    origins += 1;
    gains.forEach((gain, i) => {
      tallies[i].gain += weight * gain;
      tallies[i].square += (weight * gain) ** 2;
    });
  }
  const earned = best(tallies, origins);
  return spanSeconds(past, history) < LEAST_SPAN_SECONDS ? { ...earned, trust: 0 } : earned;
}

function spanSeconds(past: readonly CorrectedPath[], { stepSeconds }: History): number {
  return past.length === 0 ? 0 : (past[past.length - 1].origin - past[0].origin) * stepSeconds;
}

/** Requests per second gained at the judged steps with each of TRUSTS; undefined before the horizon's end is known. */
function gainsOf(path: CorrectedPath, scale: RateScale, history: History): readonly number[] | undefined {
  const missed = missedRps(path, 0, scale, history);
  if (missed === undefined) return undefined;
  return TRUSTS.map((trust) => missed - (missedRps(path, trust, scale, history) ?? missed));
}

function best(
  tallies: readonly { readonly gain: number; readonly square: number }[],
  origins: number,
): Trust {
  let most = 0;
  tallies.forEach(({ gain }, i) => {
    if (gain > tallies[most].gain) most = i;
  });
  const { gain, square } = tallies[most];
  const certainty = square > 0 ? gain / Math.sqrt(square) : 0;
  return { trust: certainty >= LEAST_CERTAINTY ? TRUSTS[most] : 0, certainty, origins };
}
