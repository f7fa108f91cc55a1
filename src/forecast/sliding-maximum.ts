const FIRST_ROOM = 16;
const GROWTH = 1.25;

/** The largest sample of the last `slots` slots; each is added once, in order. What was added is not written again. */
export class SlidingMaximum {
  readonly #slots: number;
  /** Slots of candidates, oldest first, each larger than all after it; from #first to before #end. */
  #at = new Int32Array(FIRST_ROOM);
  #first = 0;
  #end = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  add(values: ArrayLike<number>, slot: number): void {
    const value = values[slot];
    if (Number.isNaN(value)) return;
    while (this.#end > this.#first && values[this.#at[this.#end - 1]] <= value) this.#end -= 1;
    if (this.#end === this.#at.length) this.#makeRoom();
    this.#at[this.#end++] = slot;
  }

  /** 0 where there is no sample. */
  before(values: ArrayLike<number>, slot: number): number {
    while (this.#first < this.#end && this.#at[this.#first] < slot - this.#slots) this.#first += 1;
    return this.#first < this.#end ? values[this.#at[this.#first]] : 0;
  }

  /** At the end: that of the candidates that are too old, or more. */
  #makeRoom(): void {
    const left = this.#at.subarray(this.#first, this.#end);
    const isEnough = GROWTH * left.length <= this.#at.length;
    const room = isEnough ? this.#at : new Int32Array(Math.ceil(GROWTH * this.#at.length));
    room.set(left);
    this.#at = room;
    this.#end = left.length;
    this.#first = 0;
  }
}
