import type { Bracketed } from '../../capacity/fit-scalability.ts';
import { isoFromMs } from '../../domain/clock.ts';
import type { CapacityReport } from './report.ts';

/** The report for programs; a peak that there is none of is null. */
export function capacityJson(report: CapacityReport): object {
  const { recording, stepSeconds, dispersion, policy } = report;
  return {
    recording,
    stepSeconds,
    serviceRate: rateJson(report),
    scalability: scalabilityJson(report),
    arrivals: { indexOfDispersion: dispersion },
    policy: { capacity: policy },
  };
}

function rateJson({ serviceRate }: CapacityReport): object {
  if (serviceRate.kind === 'refused') return serviceRate;
  const changes = serviceRate.changes.map(({ kind, atMs, beforeRps, afterRps }) => ({
    kind,
    at: isoFromMs(atMs),
    beforeRps,
    afterRps,
  }));
  return { ...serviceRate, changes };
}

function scalabilityJson({ basis, scalability }: CapacityReport): object {
  if (scalability.kind === 'refused') return scalability;
  const { peakReplicas, ...fit } = scalability;
  return { ...fit, basis, rateOf: rateOf(basis), peakReplicas: finite(peakReplicas) };
}

/** Whose rate `rateRps` is. */
export function rateOf(basis: CapacityReport['basis']): 'server' | 'replica' {
  return basis === 'busySlots' ? 'server' : 'replica';
}

function finite({ value, lower, upper }: Bracketed): object {
  const known = (count: number): number | null => (Number.isFinite(count) ? count : null);
  return { value: known(value), lower: known(lower), upper: known(upper) };
}
