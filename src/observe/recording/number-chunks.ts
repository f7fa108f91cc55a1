const CHUNK_BITS = 16;
const CHUNK_LENGTH = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_LENGTH - 1;

/**
 * Numbers that keep coming, eight bytes each. Grows by chunks, so that growing never holds the old and the new
 * array at once, as a doubling array does.
 */
export class NumberChunks {
  readonly #chunks: Float64Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const offset = this.#length & CHUNK_MASK;
    if (offset === 0) this.#chunks.push(new Float64Array(CHUNK_LENGTH));
    this.#chunks[this.#length >> CHUNK_BITS][offset] = value;
    this.#length += 1;
  }

  /** The value at `index`, which must be below `length`. */
  at(index: number): number {
    return this.#chunks[index >> CHUNK_BITS][index & CHUNK_MASK];
  }
}
