import { MS_PER_SECOND } from '../domain/clock.ts';
import type { MetricName } from '../domain/metric-name.ts';
import type { RateSource } from '../domain/service-rate.ts';
import { slotStartMs, type TimeSeries } from '../domain/time-series.ts';
import type { WorkHistory } from './learn-service-rate.ts';
import type { WorkSample } from './work-sample.ts';

/** The metrics whose history the service rate is learned from. */
export const WORK_METRICS = [
  'throughput',
  'busySlots',
  'cpuUtilization',
  'replicas',
  'readyReplicas',
] as const satisfies readonly MetricName[];

/** All at one step. */
export type WorkColumns = Readonly<Partial<Record<(typeof WORK_METRICS)[number], TimeSeries>>>;

/** What is known of a replica without learning it. */
export interface ReplicaForm {
  readonly serversPerReplica: number;
  /** The scalability law's coefficients: the rate that is learned is that of a lone replica's server. */
  readonly contention: number;
  readonly coherency: number;
}

/**
 * What was done, slot by slot: completions, and busy servers from `busySlots`, else from CPU (a replica whose CPU is in
 * use to this share has this share of its servers busy: true for work that computes, and as far as the idle CPU is
 * small). `missing`: what there is no history of.
 */
export function workHistory(
  columns: WorkColumns,
  form: ReplicaForm,
): WorkHistory | { readonly missing: string } {
  const { throughput } = columns;
  if (throughput === undefined) return { missing: 'throughput' };
  const busy = busyServers(columns, form);
  return 'missing' in busy ? busy : historyOf(throughput, busy);
}

type ValueAt = (startMs: number) => number;

interface Busy {
  readonly source: RateSource;
  readonly at: ValueAt;
}

function busyServers(columns: WorkColumns, form: ReplicaForm): Busy | { readonly missing: string } {
  const { busySlots, cpuUtilization } = columns;
  const counts = columns.readyReplicas ?? columns.replicas;
  const count = counts && at(counts);
  if (busySlots !== undefined) {
    const source = 'busySlots';
    if (form.contention === 0 && form.coherency === 0) return { source, at: at(busySlots) };
    return count
      ? { source, at: asIfAlone(at(busySlots), form, count) }
      : { missing: 'readyReplicas, which capacity.scalability takes' };
  }
  if (cpuUtilization === undefined) return { missing: 'busySlots (or cpuUtilization with readyReplicas)' };
  if (count === undefined) return { missing: 'readyReplicas, which cpuUtilization takes' };
  const used = at(cpuUtilization);
  const byCpu: ValueAt = (startMs) => used(startMs) * count(startMs) * form.serversPerReplica;
  return { source: 'cpuUtilization', at: asIfAlone(byCpu, form, count) };
}

/** The value of the slot that starts then; NaN where there is none. */
function at(series: TimeSeries): ValueAt {
  return (startMs) => {
    const index = (startMs - series.startAtMs) / (series.stepSeconds * MS_PER_SECOND);
    return series.values[index] ?? Number.NaN;
  };
}

/** Busy servers less what they were busy with because of each other (Universal Scalability Law). */
function asIfAlone(busy: ValueAt, { contention, coherency }: ReplicaForm, count: ValueAt): ValueAt {
  return (startMs) => {
    const replicas = count(startMs);
    const slowdown = 1 + contention * (replicas - 1) + coherency * replicas * (replicas - 1);
    return busy(startMs) / slowdown;
  };
}

function historyOf(throughput: TimeSeries, { source, at: busyAt }: Busy): WorkHistory {
  const stepMs = throughput.stepSeconds * MS_PER_SECOND;
  const samples: WorkSample[] = [];
  throughput.values.forEach((throughputRps, slot) => {
    const startMs = slotStartMs(throughput, slot);
    const busyServers = busyAt(startMs);
    // NaN on either side fails both.
    if (throughputRps >= 0 && busyServers >= 0 && throughputRps + busyServers > 0)
      samples.push({ atMs: startMs + stepMs, throughputRps, busyServers });
  });
  return { samples, stepSeconds: throughput.stepSeconds, source };
}
