/** What is learnt from once the whole horizon of an origin is known. */
export interface UnlearntOrigin {
  readonly slot: number;
  /** [path * steps + step] */
  readonly paths: Float32Array;
  /** [step] */
  readonly plain: Float32Array;
  readonly plainSizes: Float32Array;
}

const FIRST_ROOM = 2;

/** Origins that wait for what comes of them, the oldest first, row by row in one array. */
export class UnlearntOrigins {
  readonly #paths: number;
  readonly #steps: number;
  #slots: number[] = [];
  #rows: Float32Array;

  constructor(paths: number, steps: number) {
    this.#paths = paths;
    this.#steps = steps;
    this.#rows = new Float32Array(FIRST_ROOM * this.#rowLength);
  }

  get #rowLength(): number {
    return (this.#paths + 2) * this.#steps;
  }

  add({ slot, paths, plain, plainSizes }: UnlearntOrigin): void {
    const at = this.#slots.length * this.#rowLength;
    if (at === this.#rows.length) {
      const larger = new Float32Array(2 * at);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#slots.push(slot);
    this.#rows.set(paths, at);
    this.#rows.set(plain, at + paths.length);
    this.#rows.set(plainSizes, at + paths.length + plain.length);
  }

  /** Hands out, for good, those whose whole horizon lies before `slot`. */
  takeBefore(slot: number): readonly UnlearntOrigin[] {
    const waits = this.#slots.findIndex((origin) => origin + this.#steps > slot);
    const count = waits < 0 ? this.#slots.length : waits;
    if (count === 0) return [];
    const length = this.#rowLength;
    const taken = this.#rows.slice(0, count * length);
    this.#rows.copyWithin(0, count * length);
    return this.#slots.splice(0, count).map((origin, i) => this.#row(origin, taken.subarray(i * length)));
  }

  #row(slot: number, row: Float32Array): UnlearntOrigin {
    const [plainAt, sizesAt] = [this.#paths * this.#steps, (this.#paths + 1) * this.#steps];
    return {
      slot,
      paths: row.subarray(0, plainAt),
      plain: row.subarray(plainAt, sizesAt),
      plainSizes: row.subarray(sizesAt, sizesAt + this.#steps),
    };
  }
}
