import type { MetricName } from '../domain/metric-name.ts';
import { slotStartMs, type TimeSeries } from '../domain/time-series.ts';
import { refused, type Refused, type ScalabilityRefusal } from './fit-scalability.ts';
import type { CountSample } from './law-regression.ts';
import { robustSpread } from './median.ts';

/** What tells what replicas would do at full use. */
export type ScalabilityBasis = 'busySlots' | 'cpuUtilization' | 'saturated';

export interface CountHistory {
  readonly kind: 'samples';
  readonly basis: ScalabilityBasis;
  /** Of one server where the basis is busySlots, else of one replica. */
  readonly samples: readonly CountSample[];
}

export type RecordedColumns = Readonly<Partial<Record<MetricName, TimeSeries>>>;

/** Replicas whose CPU is used less than this say little of what they could do: their own idle work is in it. */
const MIN_CPU_RATIO = 0.2;
/** Counts are means over a slot; one that is no whole number saw replicas come or go. */
const WHOLE = 1e-6;
/** Throughput this far below the arrivals is all that there was; what follows them closer is demand, not capacity. */
const SATURATED_RATIO = 0.9;
const NOISE_SPREADS = 4;

/**
 * What each replica does at full use, slot by slot, at the count that ran. Throughput alone only follows the demand. It
 * tells of capacity where it is divided by the share of use (busy servers, else CPU), or where more arrived than was
 * served; `isSaturated` says that every slot is such a one (a load test). All columns on one grid.
 */
export function countSamples(
  columns: RecordedColumns,
  isSaturated: boolean,
): CountHistory | Refused<ScalabilityRefusal> {
  const { throughput, arrivalRate } = columns;
  const counts = columns.readyReplicas ?? columns.replicas;
  if (counts === undefined)
    return refused('NoReplicas', 'the recording has no column ready_replicas or replicas');
  if (throughput === undefined) return refused('NoThroughput', 'the recording has no column throughput_rps');
  const slots = slotsOf(throughput, counts);
  if (isSaturated) return history('saturated', slots, perReplica);
  const { busySlots, cpuUtilization } = columns;
  if (busySlots !== undefined)
    return history('busySlots', slots, ({ rps, index }) => rps / busySlots.values[index]);
  if (cpuUtilization !== undefined)
    return history('cpuUtilization', slots, (slot) => {
      const used = cpuUtilization.values[slot.index];
      return used >= MIN_CPU_RATIO ? perReplica(slot) / used : Number.NaN;
    });
  return whereOverloaded(slots, arrivalRate);
}

interface Slot {
  readonly index: number;
  readonly atMs: number;
  readonly replicas: number;
  readonly rps: number;
}

function slotsOf(throughput: TimeSeries, counts: TimeSeries): Slot[] {
  const slots: Slot[] = [];
  throughput.values.forEach((rps, index) => {
    const replicas = Math.round(counts.values[index]);
    if (!(rps > 0) || !(replicas >= 1) || Math.abs(counts.values[index] - replicas) > WHOLE) return;
    slots.push({ index, atMs: slotStartMs(throughput, index), replicas, rps });
  });
  return slots;
}

function perReplica({ rps, replicas }: Slot): number {
  return rps / replicas;
}

function history(
  basis: ScalabilityBasis,
  slots: readonly Slot[],
  rateOf: (slot: Slot) => number,
): CountHistory {
  const samples = slots
    .map((slot) => ({ atMs: slot.atMs, replicas: slot.replicas, rateRps: rateOf(slot) }))
    .filter(({ rateRps }) => rateRps > 0 && rateRps < Infinity);
  return { kind: 'samples', basis, samples };
}

/** Slots that served clearly less than arrived: below what the noise of those that kept up explains. */
function whereOverloaded(
  slots: readonly Slot[],
  arrivalRate: TimeSeries | undefined,
): CountHistory | Refused<ScalabilityRefusal> {
  const shares = slots.map(({ rps, index }) => rps / (arrivalRate?.values[index] ?? Number.NaN));
  const keptUp = shares.filter((share) => share > SATURATED_RATIO).map((share) => Math.log(share));
  const noise = keptUp.length === 0 ? 0 : NOISE_SPREADS * robustSpread(keptUp);
  const limit = Math.min(SATURATED_RATIO, Math.exp(-noise));
  const overloaded = slots.filter((_, i) => shares[i] <= limit);
  if (overloaded.length > 0) return history('saturated', overloaded, perReplica);
  return refused(
    'NeverSaturated',
    'no slot served clearly less than arrived, and neither busy_slots nor cpu_utilization_ratio tells how near to full use the replicas were: throughput that follows the demand tells nothing of capacity (--saturated says that all of it is a load test at full use)',
  );
}
