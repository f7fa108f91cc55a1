/** So many candidates that are too old are given up at a time. */
const GIVEN_UP = 16;

/** The largest sample of the last `slots` slots; each is added once, in order. */
export class SlidingMaximum {
  readonly #slots: number;
  /** Candidates, oldest first, each larger than all after it. */
  readonly #at: number[] = [];
  readonly #values: number[] = [];
  #first = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  add(slot: number, value: number): void {
    if (Number.isNaN(value)) return;
    while (this.#values.length > this.#first && this.#values[this.#values.length - 1] <= value) {
      this.#values.pop();
      this.#at.pop();
    }
    this.#values.push(value);
    this.#at.push(slot);
  }

  /** 0 where there is no sample. */
  before(slot: number): number {
    while (this.#first < this.#at.length && this.#at[this.#first] < slot - this.#slots) this.#first += 1;
    const largest = this.#values[this.#first] ?? 0;
    if (this.#first >= GIVEN_UP) this.#giveUp();
    return largest;
  }

  #giveUp(): void {
    this.#at.splice(0, this.#first);
    this.#values.splice(0, this.#first);
    this.#first = 0;
  }
}
