/** What is learnt from once the whole horizon of an origin is known. */
export interface UnlearntOrigin {
  readonly slot: number;
  /** [path * steps + step] */
  readonly paths: Float32Array;
  /** [step] */
  readonly plain: Float32Array;
  readonly plainSizes: Float32Array;
}

/** An origin that waits, with a bit for each of its paths that is one number at every step. */
interface Waiting {
  readonly slot: number;
  readonly flatPaths: number;
}

/** Room that is made at a time, as a share of what is needed. */
const ROOM_RATIO = 1.125;

/**
 * Origins that wait for what comes of them, the oldest first, in one array. Most paths of a young workload are flat: of those one
 * number is kept.
 */
export class UnlearntOrigins {
  readonly #paths: number;
  readonly #steps: number;
  #waiting: Waiting[] = [];
  /** Origin behind origin: its paths, the plain one, its sizes. */
  #numbers = new Float32Array(0);
  #count = 0;

  constructor(paths: number, steps: number) {
    this.#paths = paths;
    this.#steps = steps;
  }

  add({ slot, paths, plain, plainSizes }: UnlearntOrigin): void {
    this.#makeRoom();
    let flatPaths = 0;
    for (let path = 0; path < this.#paths; path += 1)
      if (this.#keep(paths, path * this.#steps)) flatPaths |= 1 << path;
    if (this.#keep(plain, 0)) flatPaths |= 1 << this.#paths;
    if (this.#keep(plainSizes, 0)) flatPaths |= 1 << (this.#paths + 1);
    this.#waiting.push({ slot, flatPaths });
  }

  /** For one origin more. */
  #makeRoom(): void {
    const needed = this.#count + (this.#paths + 2) * this.#steps;
    if (needed <= this.#numbers.length) return;
    const larger = new Float32Array(Math.ceil(ROOM_RATIO * needed));
    larger.set(this.#numbers.subarray(0, this.#count));
    this.#numbers = larger;
  }

  /** Keeps a path of `from`; returns whether it is flat. */
  #keep(from: Float32Array, at: number): boolean {
    let flat = 1;
    while (flat < this.#steps && from[at + flat] === from[at]) flat += 1;
    const isFlat = flat === this.#steps;
    const length = isFlat ? 1 : this.#steps;
    for (let i = 0; i < length; i += 1) this.#numbers[this.#count++] = from[at + i];
    return isFlat;
  }

  /** Hands out, for good, those whose whole horizon lies before `slot`. */
  takeBefore(slot: number): readonly UnlearntOrigin[] {
    const waits = this.#waiting.findIndex((origin) => origin.slot + this.#steps > slot);
    const count = waits < 0 ? this.#waiting.length : waits;
    if (count === 0) return [];
    let from = 0;
    const taken = this.#waiting.splice(0, count).map((origin) => {
      const row = new Float32Array((this.#paths + 2) * this.#steps);
      from = this.#writeOut(origin, from, row);
      return this.#origin(origin.slot, row);
    });
    this.#numbers.copyWithin(0, from, this.#count);
    this.#count -= from;
    return taken;
  }

  /** Returns where the next origin begins. */
  #writeOut({ flatPaths }: Waiting, from: number, row: Float32Array): number {
    let at = from;
    for (let path = 0, to = 0; path < this.#paths + 2; path += 1, to += this.#steps) {
      const isFlat = (flatPaths >> path) & 1;
      if (isFlat) row.fill(this.#numbers[at], to, to + this.#steps);
      else row.set(this.#numbers.subarray(at, at + this.#steps), to);
      at += isFlat ? 1 : this.#steps;
    }
    return at;
  }

  #origin(slot: number, row: Float32Array): UnlearntOrigin {
    const [plainAt, sizesAt] = [this.#paths * this.#steps, (this.#paths + 1) * this.#steps];
    return {
      slot,
      paths: row.subarray(0, plainAt),
      plain: row.subarray(plainAt, sizesAt),
      plainSizes: row.subarray(sizesAt),
    };
  }
}
