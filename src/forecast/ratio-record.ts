/**
 * What came, as so many times what was expected: a histogram over octaves, each outcome weighed by what was expected, so that
 * a quantile of it is the share of requests that would have been served (as size/overshoot-record.ts does for the load of now).
 */

/** From a quarter to 32 times, in eighths of an octave. What came beyond counts as the last. */
const LOWEST_OCTAVE = -2;
const OCTAVES = 7;
const BINS_PER_OCTAVE = 8;
const BINS = OCTAVES * BINS_PER_OCTAVE;

export class RatioRecord {
  readonly #weights = new Float32Array(BINS);
  #samples = 0;

  /** Outcomes, those that count less in parts. */
  get samples(): number {
    return this.#samples;
  }

  /** `keptRatio` (0..1): what all before counts now. Where nothing was expected there is no ratio, and nothing is kept. */
  add(cameRps: number, expectedRps: number, keptRatio: number): void {
    if (!(expectedRps > 0)) return;
    for (let bin = 0; bin < BINS; bin += 1) this.#weights[bin] *= keptRatio;
    const place = Math.floor((Math.log2(cameRps / expectedRps) - LOWEST_OCTAVE) * BINS_PER_OCTAVE);
    this.#weights[Math.max(0, Math.min(BINS - 1, place))] += expectedRps;
    this.#samples = keptRatio * this.#samples + 1;
  }

  /**
   * How many times what was expected came at most, at the share `level` (0..1) of it; the next outcome counts as one more whose
   * place nobody knows (conformal prediction). 1 before anything is known.
   */
  ratioAt(level: number): number {
    const total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) return 1;
    const wanted = (level + (level - 0.5) / Math.max(1, this.#samples)) * total;
    let below = 0;
    let highest = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      const weight = this.#weights[bin];
      if (!(weight > 0)) continue;
      if (below + weight >= wanted) return edge(bin + Math.max(0, wanted - below) / weight);
      below += weight;
      highest = bin + 1;
    }
    return edge(highest);
  }
}

/** `bin` counts from 0, in parts. */
function edge(bin: number): number {
  return 2 ** (LOWEST_OCTAVE + bin / BINS_PER_OCTAVE);
}
