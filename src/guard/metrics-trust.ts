import type { Measurement } from '../domain/measurement.ts';
import { durationFromSeconds } from '../domain/duration.ts';
import { percentText, rateText } from '../domain/figures.ts';
import type { Reason } from '../domain/reasons.ts';
import { type Guard, type GuardInput, type GuardVerdict, neverRemove, pass, withinReach } from './guard.ts';

/**
 * Below this share of recent slots with a sample, fewer replicas are not asked for. With half of the slots missing,
 * the peaks of the load are more likely unseen than seen. More replicas are still asked for: knowledge in part may
 * add, never remove, since a wrong addition costs minutes of a replica and a wrong removal costs requests.
 */
export const MIN_COVERAGE_RATIO = 0.5;

type Untrusted = Exclude<Measurement, { kind: 'value' }>;

const REASON_BY_KIND: Readonly<Record<Untrusted['kind'], Reason>> = {
  stale: 'StaleMetrics',
  empty: 'EmptyMetrics',
  notANumber: 'NotANumberMetrics',
  partial: 'PartialMetrics',
  queryRejected: 'MetricsQueryRejected',
  sourceDown: 'MetricsSourceDown',
};

/** Only a value may be sized for. Anything else keeps what runs, with its own reason. */
export const metricsTrust: Guard = {
  name: 'metrics-trust',
  judge(input, beforeReplicas) {
    const measured = input.observation.arrivalRate;
    if (measured.kind !== 'value') return keepWhatRuns(input, beforeReplicas, measured);
    const { coverageRatio, serviceRateRps } = input.observation;
    if (serviceRateRps === null) return keepUntilLearned(input, beforeReplicas);
    const coverage = `${percentText(coverageRatio)} of the recent slots hold a sample`;
    return coverageRatio < MIN_COVERAGE_RATIO
      ? neverRemove(input, beforeReplicas, 'PartialMetrics', coverage)
      : pass(beforeReplicas, 'ReadyForNewScale', `measured ${rateText(measured.value)}; ${coverage}`);
  },
};

function keepWhatRuns(input: GuardInput, beforeReplicas: number, measured: Untrusted) {
  const afterReplicas = withinReach(input, beforeReplicas, input.observation.currentReplicas);
  const message = `${whatWasGot(input, measured)}; keeps ${afterReplicas}`;
  return { afterReplicas, reason: REASON_BY_KIND[measured.kind], message };
}

/** A load that nobody knows the servers for cannot be sized for. */
function keepUntilLearned(input: GuardInput, beforeReplicas: number): GuardVerdict {
  const { currentReplicas, learnedRate } = input.observation;
  const afterReplicas = withinReach(input, beforeReplicas, currentReplicas);
  const missing = learnedRate?.kind === 'unknown' ? learnedRate.message : 'nothing was learned';
  const message = `the service rate is not known yet: ${missing}; keeps ${afterReplicas}`;
  return { afterReplicas, reason: 'ServiceRateUnknown', message };
}

function whatWasGot({ nowMs, policy }: GuardInput, measured: Untrusted): string {
  switch (measured.kind) {
    case 'stale': {
      const age = durationFromSeconds((nowMs - measured.endsAtMs) / 1000);
      return `the newest sample is ${age} old, older than ${durationFromSeconds(policy.metrics.staleAfterSeconds)}`;
    }
    case 'empty':
      return 'the source answered without a sample';
    case 'notANumber':
      return 'the newest sample is not a number';
    case 'partial':
      return `the source answered in part: ${measured.message}`;
    case 'queryRejected':
      return `the source refuses the query: ${measured.message}`;
    case 'sourceDown':
      return `the source does not answer: ${measured.message}`;
  }
}
