/** A binary min-heap of (time, payload) pairs in flat arrays: the calendar of a discrete-event simulation. */
export interface TimeHeap {
  readonly size: () => number;
  /** Earliest time; Infinity when empty. */
  readonly earliest: () => number;
  readonly push: (time: number, payload: number) => void;
  /** Removes the earliest and returns its payload; the heap must not be empty. */
  readonly pop: () => number;
}

export function createTimeHeap(): TimeHeap {
  let times = new Float64Array(1024);
  let payloads = new Int32Array(1024);
  let size = 0;
  const grow = (): void => {
    const largerTimes = new Float64Array(times.length * 2);
    const largerPayloads = new Int32Array(times.length * 2);
    largerTimes.set(times);
    largerPayloads.set(payloads);
    times = largerTimes;
    payloads = largerPayloads;
  };
  return {
    size: () => size,
    earliest: () => (size > 0 ? times[0] : Infinity),
    push(time, payload) {
      if (size === times.length) grow();
      let at = size;
      size += 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (times[parent] <= time) break;
        times[at] = times[parent];
        payloads[at] = payloads[parent];
        at = parent;
      }
      times[at] = time;
      payloads[at] = payload;
    },
    pop() {
      const first = payloads[0];
      size -= 1;
      const time = times[size];
      const payload = payloads[size];
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && times[child + 1] < times[child]) child += 1;
        if (times[child] >= time) break;
        times[at] = times[child];
        payloads[at] = payloads[child];
        at = child;
      }
      times[at] = time;
      payloads[at] = payload;
      return first;
    },
  };
}
