/** How many replicas must run so that enough of them are up, when each fails for itself. */
import { smallestCount } from './smallest-count.ts';

/** Beyond this many replicas at once the answer would be about something else than independent failures. */
const MOST_SPARE_REPLICAS = 2 ** 30;
/** Weights below this share of the largest no longer change a double. */
const NEGLIGIBLE_RATIO = 1e-22;
/** 1 - 0.001 must meet a target of 0.999 although neither is exact in a double. */
const ROUNDING = 1e-15;

export interface AvailabilityTarget {
  /** Probability (0..1, below 1) that one replica is down at a random moment. */
  readonly downProbability: number;
  /** Share (0..1) of the time in which at least the needed replicas are up. */
  readonly targetProbability: number;
}

/**
 * P(at least `needed` of `running` replicas are up), each down with `downProbability` on its own: the binomial
 * distribution, its weights built outwards from the most likely count of failures (each from its neighbour: no
 * factorials, no underflow) and divided by their sum.
 */
export function enoughUpProbability(running: number, needed: number, downProbability: number): number {
  if (needed > running) return 0;
  const tolerated = running - needed;
  const odds = downProbability / (1 - downProbability);
  const mode = Math.floor((running + 1) * downProbability);
  let within = mode <= tolerated ? 1 : 0;
  let beyond = 1 - within;
  for (let down = mode, weight = 1; down < running && weight > NEGLIGIBLE_RATIO; down += 1) {
    weight *= ((running - down) / (down + 1)) * odds;
    if (down + 1 <= tolerated) within += weight;
    else beyond += weight;
  }
  for (let down = mode, weight = 1; down > 0 && weight > NEGLIGIBLE_RATIO; down -= 1) {
    weight *= down / (running - down + 1) / odds;
    if (down - 1 <= tolerated) within += weight;
    else beyond += weight;
  }
  return within / (within + beyond);
}

/**
 * The smallest count of running replicas with P(at least `needed` up) >= `targetProbability`; `needed` itself where
 * replicas never fail. A target of 1 cannot be met by any count while they can: undefined.
 */
export function replicasForAvailability(
  needed: number,
  { downProbability, targetProbability }: AvailabilityTarget,
): number | undefined {
  if (downProbability === 0) return needed;
  if (targetProbability >= 1) return undefined;
  return smallestCount(
    { from: needed, limit: needed + MOST_SPARE_REPLICAS },
    (running) => enoughUpProbability(running, needed, downProbability) >= targetProbability - ROUNDING,
  );
}

/** The other way round: of `running` replicas, so many are up with at least `targetProbability` (below 1). */
export function replicasUp(
  running: number,
  { downProbability, targetProbability }: AvailabilityTarget,
): number {
  const down = smallestCount(
    { from: 0, limit: running },
    (failed) =>
      enoughUpProbability(running, running - failed, downProbability) >= targetProbability - ROUNDING,
  );
  return running - (down ?? running);
}
