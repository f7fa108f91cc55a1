import { slotStartMs, type TimeSeries } from '../../../src/domain/time-series.ts';

/** A metric as Prometheus holds it: `arrival_rate_rps{workload="shop/checkout"}` with the values of a recording. */
export interface BackfillSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: TimeSeries;
  /** Slots whose sample is there and is NaN; every other NaN of the series is a gap. */
  readonly notANumberSlots?: readonly number[];
}

/** `arrival_rate_rps{workload="shop/checkout"}` */
export function selector(metric: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"]/g, (character) => `\\${character}`)}"`,
  );
  return `${metric}{${pairs.join(',')}}`;
}

/**
 * The query that gives a back-filled series back with its gaps: Prometheus repeats a sample for five minutes unless
 * the range says otherwise, so the range is just under one step.
 */
export function gapKeepingQuery(
  series: Pick<BackfillSeries, 'metric' | 'labels'>,
  stepSeconds: number,
): string {
  return `last_over_time(${selector(series.metric, series.labels)}[${stepSeconds - 1}s])`;
}

/**
 * OpenMetrics text by UTC day, since promtool reads a whole file once for every two-hour block. The slot that starts
 * at t is stamped t+step: its mean is known from then on.
 */
export function openMetricsByDay(all: readonly BackfillSeries[]): ReadonlyMap<string, string> {
  const days = new Map<string, string[]>();
  for (const [metric, members] of grouped(all)) {
    for (const day of new Set(members.flatMap(daysOf))) {
      const samples = members.flatMap((member) => samplesOf(member, day));
      // Not pushed: a fleet's day is more than a call takes arguments.
      days.set(day, [...(days.get(day) ?? []), `# TYPE ${metric} gauge`, ...samples]);
    }
  }
  return new Map([...days].map(([day, lines]) => [day, `${lines.join('\n')}\n# EOF\n`]));
}

function grouped(all: readonly BackfillSeries[]): ReadonlyMap<string, BackfillSeries[]> {
  const byMetric = new Map<string, BackfillSeries[]>();
  for (const member of all) byMetric.set(member.metric, [...(byMetric.get(member.metric) ?? []), member]);
  return byMetric;
}

function daysOf(member: BackfillSeries): string[] {
  return [...new Set(presentSlots(member).map((slot) => dayOf(slotStartMs(member.series, slot + 1))))];
}

function samplesOf(member: BackfillSeries, day: string): string[] {
  const name = selector(member.metric, member.labels);
  return presentSlots(member)
    .map((slot) => ({ value: member.series.values[slot], stampMs: slotStartMs(member.series, slot + 1) }))
    .filter(({ stampMs }) => dayOf(stampMs) === day)
    .map(({ value, stampMs }) => `${name} ${value} ${stampMs / 1000}`);
}

function presentSlots({ series, notANumberSlots = [] }: BackfillSeries): number[] {
  return [...series.values.keys()].filter(
    (slot) => !Number.isNaN(series.values[slot]) || notANumberSlots.includes(slot),
  );
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
