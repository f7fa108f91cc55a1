import type { Bracketed, FittedScalability } from '../../capacity/fit-scalability.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { rateText, significant } from '../../domain/figures.ts';
import { barPlot } from '../../explain/ascii-plot.ts';
import { rateOf } from './json.ts';
import type { CapacityReport } from './report.ts';

const MAX_PLOTTED_COUNTS = 24;
const MAX_TOLD_CHANGES = 10;

export function capacityText(report: CapacityReport): string {
  const parts = [
    `${report.recording}, step ${durationFromSeconds(report.stepSeconds)}`,
    rateLines(report),
    scalabilityLines(report),
    arrivalLines(report),
    policyText(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function rateLines({ serviceRate }: CapacityReport): string {
  if (serviceRate.kind === 'refused') return `service rate: cannot be told: ${serviceRate.message}`;
  const { rateRps, lowerRps, upperRps, samples, source, changes } = serviceRate;
  const lines = [
    `service rate  ${figure(rateRps)} rps per busy server, 95 % interval ${bounds(lowerRps, upperRps)} (${samples} slots, throughput / ${source})`,
    ...changes
      .slice(-MAX_TOLD_CHANGES)
      .map(
        ({ kind, atMs, beforeRps, afterRps }) =>
          `  ${kind} at ${isoFromMs(atMs)}: ${significant(beforeRps)} -> ${rateText(afterRps)}`,
      ),
  ];
  if (changes.length > MAX_TOLD_CHANGES)
    lines.push(`  and ${changes.length - MAX_TOLD_CHANGES} changes before`);
  return lines.join('\n');
}

function scalabilityLines(report: CapacityReport): string {
  const { scalability, basis } = report;
  if (scalability.kind === 'refused')
    return `scalability law: cannot be told (${scalability.reason}): ${scalability.message}`;
  const { rateRps, contention, coherency, peakReplicas, samples } = scalability;
  const rows: (readonly [string, Bracketed])[] = [
    [`rate of a lone ${rateOf(basis)} (rps)`, rateRps],
    ['contention', contention],
    ['coherency', coherency],
    ['peak (replicas)', peakReplicas],
  ];
  const cells = Math.max(...rows.map(([label]) => label.length));
  return [
    `scalability law, from ${samples} slots (${BASIS_TEXTS[basis ?? 'saturated']}), 95 % intervals`,
    ...rows.map(
      ([label, { value, lower, upper }]) =>
        `  ${label.padEnd(cells)}  ${figure(value).padStart(8)}  ${bounds(lower, upper)}`,
    ),
    '',
    `requests per second of each ${rateOf(basis)} by replicas (law in brackets)`,
    plot(scalability),
  ].join('\n');
}

const BASIS_TEXTS = {
  busySlots: 'throughput / busy_slots',
  cpuUtilization: 'throughput / CPU in use',
  saturated: 'throughput where more arrived than was served',
} as const;

/** Evenly picked where there are more counts than lines. */
function plot({ counts, rateRps, contention, coherency }: FittedScalability): string {
  const every = Math.ceil(counts.length / MAX_PLOTTED_COUNTS);
  const shown = counts.filter((_, i) => i % every === 0 || i === counts.length - 1);
  return barPlot(
    shown.map(({ replicas, rateRps: measured }) => {
      const slowdown = 1 + contention.value * (replicas - 1) + coherency.value * replicas * (replicas - 1);
      const note = `${significant(measured)} (${significant(rateRps.value / slowdown)})`;
      return { label: String(replicas), value: measured, note };
    }),
  );
}

function arrivalLines({ dispersion, stepSeconds }: CapacityReport): string {
  if (dispersion.length === 0) return 'variability of arrivals: too few consecutive slots to tell';
  const step = durationFromSeconds(stepSeconds);
  return [
    'variability of arrivals, slow trend removed (index of dispersion; 1: Poisson)',
    ...dispersion.map(
      ({ seconds, index }) => `  over ${durationFromSeconds(seconds).padEnd(7)} ${significant(index)}`,
    ),
    `  not seen: what varies within ${step} (a recording of ${step} means has none of it), and what varies over hours; an index that grows with the length is load that drifts`,
  ].join('\n');
}

function policyText({ policy }: CapacityReport): string {
  return policy.length === 0 ? '' : `policy\n  capacity:\n${policy.map((line) => `    ${line}`).join('\n')}`;
}

function bounds(lower: number, upper: number): string {
  return `${figure(lower)} to ${figure(upper)}`;
}

/** One digit more than elsewhere: the ends of an interval must be told apart. */
function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'none';
}
