import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotStore } from '../../../src/observe/slot-store.ts';

const CAPACITY = 20;

/** Mostly the next slot, now and then a correction, a late one, a leap; looked at in between. */
const anyWrites = fc.array(
  fc.record({
    ahead: fc.oneof(fc.constant(1), fc.integer({ min: -30, max: 3 }), fc.integer({ min: 0, max: 60 })),
    value: fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(Number.NaN)),
    isLookedAt: fc.boolean(),
  }),
  { maxLength: 120 },
);

/** A map of all that was written: slow and plain. */
function createPlainStore() {
  const values = new Map<number, number>();
  let first = Infinity;
  let end = -Infinity;
  return {
    end: () => end,
    set(slot: number, value: number) {
      if (end === -Infinity) first = end = slot;
      if (slot + 1 > end) end = slot + 1;
      first = Math.max(first, end - CAPACITY);
      if (slot < end - CAPACITY) return;
      first = Math.min(first, slot);
      values.set(slot, value);
    },
    shown: () =>
      end === -Infinity
        ? []
        : Array.from({ length: end - first }, (_, index) => values.get(first + index) ?? Number.NaN),
    first: () => first,
  };
}

test('the store holds what a plain map of the last slots holds, and what it has shown never changes', () => {
  fc.assert(
    fc.property(anyWrites, (writes) => {
      const store = new SlotStore(CAPACITY);
      const plain = createPlainStore();
      const looks: { readonly shown: Float32Array; readonly were: number[] }[] = [];
      for (const { ahead, value, isLookedAt } of writes) {
        const slot = (plain.end() === -Infinity ? 1000 : plain.end() - 1) + ahead;
        store.set(slot, value);
        plain.set(slot, Math.fround(value));
        if (!isLookedAt) continue;
        const shown = store.shown();
        expect([...shown]).toEqual(plain.shown());
        expect(store.firstSlot).toBe(plain.first());
        looks.push({ shown, were: [...shown] });
      }
      for (const { shown, were } of looks) expect([...shown]).toEqual(were);
    }),
    { numRuns: 300 },
  );
});
