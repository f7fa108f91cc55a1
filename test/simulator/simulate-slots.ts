/**
 * One station of parallel servers, first come first served, as its monitoring would see it: completions and busy
 * servers of each slot. The truth that learned service rates are measured against.
 */
import type { WorkSample } from '../../src/capacity/work-sample.ts';
import { createRandom } from '../../src/domain/random.ts';
import type { Draw } from './distributions.ts';
import { createTimeHeap } from '../../src/replay/requests/time-heap.ts';

export interface SimulatedStation {
  readonly servers: number;
  /** Requests that arrive per second, by time. */
  readonly arrivalRateRps: (atSeconds: number) => number;
  /** At least `arrivalRateRps` at any time: arrivals are thinned from it (Lewis & Shedler 1979). */
  readonly mostArrivalsRps: number;
  /** Service time of a request that begins at a time. */
  readonly serviceAt: (atSeconds: number) => Draw;
}

/** `slots` slots of `slotSeconds` from time 0, of an empty station; `atMs` of a sample is its slot's end. */
export function simulateSlots(
  station: SimulatedStation,
  { slots, slotSeconds, seed }: { slots: number; slotSeconds: number; seed: number },
): WorkSample[] {
  const random = createRandom(seed);
  const completed = new Float64Array(slots);
  const busySeconds = new Float64Array(slots);
  const free = createTimeHeap();
  const endSeconds = slots * slotSeconds;
  let nowSeconds = 0;
  for (;;) {
    nowSeconds -= Math.log1p(-random()) / station.mostArrivalsRps;
    if (nowSeconds >= endSeconds) break;
    if (random() * station.mostArrivalsRps >= station.arrivalRateRps(nowSeconds)) continue;
    const begins = free.size() < station.servers ? nowSeconds : Math.max(nowSeconds, free.earliest());
    const ends = begins + station.serviceAt(begins)(random);
    if (free.size() >= station.servers) free.pop();
    free.push(ends, 0);
    addBusy(busySeconds, slotSeconds, begins, ends);
    if (ends < endSeconds) completed[Math.floor(ends / slotSeconds)] += 1;
  }
  return Array.from(completed, (count, slot) => ({
    atMs: (slot + 1) * slotSeconds * 1000,
    throughputRps: count / slotSeconds,
    busyServers: busySeconds[slot] / slotSeconds,
  }));
}

function addBusy(busySeconds: Float64Array, slotSeconds: number, begins: number, ends: number): void {
  const last = Math.min(busySeconds.length - 1, Math.floor(ends / slotSeconds));
  for (let slot = Math.floor(begins / slotSeconds); slot <= last; slot += 1)
    busySeconds[slot] += Math.min(ends, (slot + 1) * slotSeconds) - Math.max(begins, slot * slotSeconds);
}

/** The samples with a share of them spoilt: the throughput of such a slot is tenfold, or a tenth. */
export function withOutliers(samples: readonly WorkSample[], share: number, seed: number): WorkSample[] {
  const random = createRandom(seed);
  return samples.map((sample) =>
    random() >= share
      ? sample
      : { ...sample, throughputRps: sample.throughputRps * (random() < 0.5 ? 10 : 0.1) },
  );
}
