/** Whether a controller's heap grows, judged from samples of an hour or so in real time. */
import {
  heapSlope,
  mostRiseBytes,
  whatIsKept,
  withoutCode,
  type HeapSample,
  type Slope,
} from './heap-slope.ts';

export interface HeapGrowth {
  /** Of what the program keeps; undefined: no life is long enough. */
  readonly slope: Slope | undefined;
  /** Of all but machine code, in that life that rose most; undefined: no life is long enough. */
  readonly riseBytes: number | undefined;
}

/**
 * Of each life: until all is full that is kept by number. Decisions in memory and for who looks on are 80 a workload at
 * most (3 min, at 2 s a tick; emptied to 40 then, so that what is kept goes up and down by .4 MB), and the journal, whose
 * index is 88 bytes a decision, is packed at 2 MB: with 5 to 10 kB a decision after 4 to 8 min. The measured past is full
 * from the start. By their heap snapshots two lives kept 43.7, 43.6, 44.0, 43.8, 43.7, 44.0 and 43.8, 43.7, 44.0, 43.8,
 * 43.8, 43.9 MB at the minutes 2, 7, 12, 22, 32 and 42.
 */
const WARM_UP_MS = 10 * 60_000;
/** What is growth of what the program keeps: so much an hour, for sure. */
const GROWTH_BYTES_PER_HOUR = 250_000;
/**
 * Of the heap but for its machine code, in an hour, whatever it is that grows. Two lives rose by .54 and .64 MB in 34
 * minutes. V8 goes on making code of functions that run rarely for hours, and with it what they were called with, which
 * code depends on what, where the lines of a file end: 16.4, 17.4, 17.9, 18.2, 18.6 and 19.2 MB at those minutes, of it
 * 5.0, 5.5, 5.8, 6.0, 6.3 and 6.5 machine code.
 */
const MOST_RISE_BYTES = 1_500_000;

export function heapGrowth(samples: readonly HeapSample[]): HeapGrowth {
  const warmUpMs = WARM_UP_MS;
  return {
    slope: heapSlope(whatIsKept(samples), { warmUpMs }),
    riseBytes: mostRiseBytes(withoutCode(samples), { warmUpMs }),
  };
}

/** As far as is known: what is not known is not growth. */
export function isGrowing({ slope, riseBytes }: HeapGrowth): boolean {
  return (slope?.lowBytesPerHour ?? 0) > GROWTH_BYTES_PER_HOUR || (riseBytes ?? 0) > MOST_RISE_BYTES;
}
