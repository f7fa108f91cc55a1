/**
 * Shares that follow what each expert would have gained on the mixture: Squint (Koolen and van Erven 2015), with a past that
 * fades. Of each, the sum of its gains R and that of their squares V: its share goes with the sum over some rates of
 * rate exp(rate R - rate² V). So nobody chooses how sharply losses tell: who gains a little in every round is followed at a
 * high rate; of who gains in a few crowds alone only a low one says anything, and no crowd has to be cut off. Who was bad
 * comes back as its past fades.
 */

/** What of the past counts one round later. */
const MEMORY = 0.98;
/** Per usual loss. */
const RATES = [0.8, 0.4, 0.2, 0.1] as const;
/** Usual losses are means of this power: after a jump of a young load, one round does not decide alone. */
const POWER = 1.5;

/** Losses of a round in one unit, one for each of the experts, and what they count. */
export interface Losses {
  readonly losses: Float64Array;
  readonly part: number;
}

export class ExpertShares {
  /** They sum to 1. */
  readonly shares: Float64Array;
  readonly #gains: Float64Array;
  readonly #squares: Float64Array;
  /** What the mixture loses of late, by unit. */
  readonly #usual: UsualLoss[] = [];

  constructor(experts: number) {
    this.shares = new Float64Array(experts).fill(1 / experts);
    this.#gains = new Float64Array(experts);
    this.#squares = new Float64Array(experts);
  }

  /** One round, in the units of every round; where one of them tells nothing, as if there had been none. */
  learn(units: readonly Losses[]): void {
    const means = units.map(({ losses }) => this.#mixed(losses));
    if (means.some((mean) => Number.isNaN(mean))) return;
    const usual = means.map((mean, unit) => (this.#usual[unit] ??= new UsualLoss()).after(mean));
    if (usual.some((loss) => loss === 0)) return;
    for (let expert = 0; expert < this.shares.length; expert += 1) {
      let gain = 0;
      units.forEach(({ losses, part }, unit) => {
        gain += (part * (means[unit] - losses[expert])) / usual[unit];
      });
      this.#gains[expert] = MEMORY * this.#gains[expert] + gain;
      this.#squares[expert] = MEMORY * this.#squares[expert] + gain * gain;
    }
    this.#follow();
  }

  #mixed(losses: Float64Array): number {
    return losses.reduce((sum, loss, expert) => sum + this.shares[expert] * loss, 0);
  }

  #follow(): void {
    const logarithms = RATES.map((rate) => this.shares.map((_, expert) => this.#evidence(expert, rate)));
    const most = Math.max(...logarithms.map((row) => Math.max(...row)));
    this.shares.fill(0);
    let total = 0;
    for (const row of logarithms)
      for (let expert = 0; expert < row.length; expert += 1) {
        const share = Math.exp(row[expert] - most);
        this.shares[expert] += share;
        total += share;
      }
    for (let expert = 0; expert < this.shares.length; expert += 1) this.shares[expert] /= total;
  }

  /** Natural logarithm. */
  #evidence(expert: number, rate: number): number {
    return Math.log(rate) + rate * this.#gains[expert] - rate * rate * this.#squares[expert];
  }
}

class UsualLoss {
  #sum = 0;
  #weight = 0;

  after(loss: number): number {
    this.#sum = this.#sum * MEMORY + loss ** POWER;
    this.#weight = this.#weight * MEMORY + 1;
    return (this.#sum / this.#weight) ** (1 / POWER);
  }
}
