/** Room for more, so that a new slot seldom moves the others. */
const LEAST_ROOM_SLOTS = 64;
const ROOM_RATIO = 1 / 8;

/**
 * The last `capacity` slots up to an end that only moves on; a slot that was never set is NaN. What has been shown never
 * changes: later slots are written behind it, and a correction of what was shown goes to a copy. So it is shown without
 * being copied, and as the memory is shared, to other threads as well. It takes the room of what there is, an eighth more,
 * four bytes a slot: seven digits of a rate, which no counter's rate is known to.
 */
export class SlotStore {
  firstSlot = 0;
  readonly #capacity: number;
  #values = sharedSlots(0);
  /** Of `#values[0]`. */
  #baseSlot = 0;
  #endSlot = 0;
  /** Slots before it are shown. */
  #shownToSlot = -Infinity;
  #empty = true;
  #changed = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  set(slot: number, value: number): void {
    if (this.#empty) this.#startAt(slot);
    this.extendTo(slot + 1);
    if (slot < this.#endSlot - this.#capacity) return;
    if (slot < this.firstSlot) this.#startEarlier(slot);
    const kept = Math.fround(value);
    if (Object.is(this.#values[slot - this.#baseSlot], kept)) return;
    if (slot < this.#shownToSlot) this.#move(0);
    this.#values[slot - this.#baseSlot] = kept;
    this.#changed = true;
  }

  extendTo(endSlot: number): void {
    if (this.#empty || endSlot <= this.#endSlot) return;
    const firstSlot = Math.max(this.firstSlot, endSlot - this.#capacity);
    if (firstSlot >= this.#endSlot) this.#startOver(firstSlot);
    this.firstSlot = firstSlot;
    if (endSlot - this.#baseSlot > this.#values.length) this.#move(endSlot - this.#endSlot);
    this.#endSlot = endSlot;
    this.#changed = true;
  }

  /** Whether anything changed since this was last asked. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** From the first slot to the end. */
  shown(): Float32Array {
    this.#shownToSlot = this.#endSlot;
    return this.#values.subarray(this.firstSlot - this.#baseSlot, this.#endSlot - this.#baseSlot);
  }

  /** To memory of its own, with room for so many slots more at least. */
  #move(moreSlots: number): void {
    const kept = this.#values.subarray(this.firstSlot - this.#baseSlot, this.#endSlot - this.#baseSlot);
    const needed = kept.length + moreSlots;
    const room = Math.max(LEAST_ROOM_SLOTS, Math.ceil(needed * ROOM_RATIO));
    this.#values = sharedSlots(needed + room);
    this.#values.set(kept);
    this.#baseSlot = this.firstSlot;
    this.#shownToSlot = -Infinity;
  }

  /** A slot before all that were known. */
  #startEarlier(slot: number): void {
    const before = this.firstSlot - slot;
    const kept = this.#values.subarray(this.firstSlot - this.#baseSlot, this.#endSlot - this.#baseSlot);
    this.#values = sharedSlots(before + kept.length + LEAST_ROOM_SLOTS);
    this.#values.set(kept, before);
    this.firstSlot = this.#baseSlot = slot;
    this.#shownToSlot = -Infinity;
  }

  #startAt(slot: number): void {
    this.#empty = false;
    this.#startOver(slot);
  }

  #startOver(slot: number): void {
    this.firstSlot = this.#baseSlot = this.#endSlot = slot;
    this.#values = sharedSlots(0);
    this.#shownToSlot = -Infinity;
  }
}

function sharedSlots(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT)).fill(Number.NaN);
}
