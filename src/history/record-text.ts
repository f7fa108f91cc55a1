import type { ForecastResult } from '../domain/forecast.ts';
import type { WorkloadRef } from '../domain/workload.ts';
import type { RecordedDecision } from './decision-history.ts';

/**
 * A decision as text, without its workload (the line's key) and its forecast (which several decisions share, and which
 * is stored once for all of them).
 */
export function decisionRecord({ decision, actuation }: RecordedDecision): string {
  const { workload: _workload, forecast: _forecast, ...rest } = decision;
  const { result, toReplicas, message, hold } = actuation;
  return JSON.stringify({ ...rest, actuation: { result, toReplicas, message, ...(hold && { hold }) } });
}

export function forecastRecord(forecast: ForecastResult): string {
  return JSON.stringify(forecast);
}

export function recordedDecision(
  workload: WorkloadRef,
  record: string,
  forecast: ForecastResult,
): RecordedDecision {
  const { actuation, ...rest } = JSON.parse(record) as Omit<RecordedDecision['decision'], 'workload'> & {
    actuation: Omit<RecordedDecision['actuation'], 'workload' | 'decidedAtMs'>;
  };
  const decision = { workload, ...rest, forecast };
  return { decision, actuation: { workload, decidedAtMs: decision.decidedAtMs, ...actuation } };
}

/** "shop/checkout" -> its parts: neither of them can hold a slash. */
export function workloadFromKey(key: string): WorkloadRef {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}
