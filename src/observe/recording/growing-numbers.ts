const FIRST_CAPACITY = 4096;
/** From here on the capacity follows how much of the input is left, and no longer doubles blindly. */
const GUESS_FROM_LENGTH = 1_048_576;
/** Room for guessing too low. Memory that is never written to is only an address, no memory. */
const GUESS_MARGIN = 1.25;

/** Share (0..1) of the input that has been read; null when its length is not known. */
export type DoneRatio = () => number | null;

/**
 * Numbers that keep coming, eight bytes each. Every growth copies, and holds the old and the new array for a while; so
 * a long column grows once, to what the rest of the input will need.
 */
export class GrowingNumbers {
  readonly #doneRatio: DoneRatio;
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  constructor(doneRatio: DoneRatio) {
    this.#doneRatio = doneRatio;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** The value at `index`, which must be below `length`. */
  at(index: number): number {
    return this.#values[index];
  }

  /** All values in an array with room for `length` of them, copied only when there is too little or far too much. */
  takeWithRoomFor(length: number): Float64Array<ArrayBuffer> {
    const taken = this.#values;
    const used = this.#length;
    this.#values = new Float64Array(FIRST_CAPACITY);
    this.#length = 0;
    if (taken.length >= length && taken.length <= 2 * length) return taken.subarray(0, length);
    const exact = new Float64Array(length);
    exact.set(taken.subarray(0, used));
    return exact;
  }

  #grow(): void {
    const doneRatio = this.#length < GUESS_FROM_LENGTH ? null : this.#doneRatio();
    const guess = doneRatio === null || doneRatio === 0 ? 0 : (this.#length / doneRatio) * GUESS_MARGIN;
    const grown = new Float64Array(Math.max(2 * this.#length, Math.ceil(guess)));
    grown.set(this.#values);
    this.#values = grown;
  }
}
