import type { Measurement } from '../../src/domain/measurement.ts';
import type { Observation } from '../../src/domain/observation.ts';
import type { LearnedRate } from '../../src/domain/service-rate.ts';

/** Tuesday, 2025-07-22 08:00 UTC: the instant that tests happen at. */
export const NOW_MS = Date.UTC(2025, 6, 22, 8);

/** A trusted sample of the slot that has just ended. */
export function measured(value: number, endsAtMs: number = NOW_MS): Measurement {
  return { kind: 'value', value, endsAtMs };
}

/** Ten ready replicas that serve 1,000 rps without trouble; `overrides` replaces whole fields. */
export function anObservation(overrides: Partial<Observation> = {}): Observation {
  return {
    workload: { namespace: 'shop', name: 'checkout' },
    observedAtMs: NOW_MS,
    arrivalRate: measured(1000),
    context: {},
    dependencies: [],
    coverageRatio: 1,
    serviceRateRps: 25,
    currentReplicas: 10,
    readyReplicas: 10,
    startingReplicas: 0,
    rollingOut: false,
    paused: false,
    backlogRequests: 0,
    ...overrides,
  };
}

type Learned = Extract<LearnedRate, { kind: 'learned' }>;

/** Learned from 40 minutes since it fell six minutes ago. */
export function aLearnedRate(overrides: Partial<Learned> = {}): LearnedRate {
  return {
    kind: 'learned',
    rateRps: 25,
    lowerRps: 17,
    upperRps: 18,
    source: 'busySlots',
    samples: 40,
    sinceAtMs: NOW_MS - 40 * 60_000,
    drop: { atMs: NOW_MS - 6 * 60_000, beforeRps: 25 },
    ...overrides,
  };
}
