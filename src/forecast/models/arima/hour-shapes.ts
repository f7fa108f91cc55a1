/** A slot is asked about at every origin from which it is ahead: a quarter of an hour of minutes. */
const KEPT_SHAPES = 16;

/** What was found of the newest slots that were asked about, while the samples before them are the same. */
export class HourShapes {
  /** [place][slot, shape]; undefined before any is kept, as in the first days. */
  #kept: Float64Array | undefined;

  of(slot: number): number | undefined {
    const at = 2 * (slot % KEPT_SHAPES);
    return this.#kept?.[at] === slot ? this.#kept[at + 1] : undefined;
  }

  keep(slot: number, shape: number): void {
    const at = 2 * (slot % KEPT_SHAPES);
    this.#kept ??= new Float64Array(2 * KEPT_SHAPES).fill(Number.NaN);
    this.#kept[at] = slot;
    this.#kept[at + 1] = shape;
  }
}
