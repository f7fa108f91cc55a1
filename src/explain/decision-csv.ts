import type { ActuationRecord } from '../domain/actuation.ts';
import { isoFromMs } from '../domain/clock.ts';
import { type Decision, decisionId, desiredReplicas, recommendedReplicas } from '../domain/decision.ts';

type Cell = string | number | null | undefined;

interface Told {
  readonly decision: Decision;
  readonly actuation?: ActuationRecord;
}

/** The columns of decisions as a table for other programs, in order; a cell without a value is empty. */
const COLUMNS: Readonly<Record<string, (told: Told) => Cell>> = {
  id: ({ decision }) => decisionId(decision),
  namespace: ({ decision }) => decision.workload.namespace,
  name: ({ decision }) => decision.workload.name,
  decided_at: ({ decision }) => isoFromMs(decision.decidedAtMs),
  outcome: ({ decision }) => decision.outcome.kind,
  reason: ({ decision }) => decision.outcome.reason,
  current_replicas: ({ decision }) => decision.observed.currentReplicas,
  ready_replicas: ({ decision }) => decision.observed.readyReplicas,
  recommended_replicas: ({ decision }) => recommendedReplicas(decision),
  desired_replicas: ({ decision }) => desiredReplicas(decision),
  arrival_rate_rps: ({ decision: { observed } }) =>
    observed.arrivalRate.kind === 'value' ? observed.arrivalRate.value : undefined,
  measurement: ({ decision }) => decision.observed.arrivalRate.kind,
  sized_for_rps: ({ decision }) => decision.sizing?.sizedForRps,
  slo_violation_probability: ({ decision }) => decision.sizing?.sloViolationProbability,
  cost_per_hour: ({ decision }) => decision.sizing?.costPerHour.total,
  forecast_model: ({ decision: { forecast } }) => (forecast.kind === 'forecast' ? forecast.model : undefined),
  confidence_ratio: ({ decision: { forecast } }) =>
    forecast.kind === 'forecast' ? forecast.confidenceRatio : undefined,
  actuation: ({ actuation }) => actuation?.result,
};

/** CSV as RFC 4180 has it, with a header; lines end in CR LF. */
export function decisionsCsv(decisions: readonly Told[]): string {
  const header = Object.keys(COLUMNS);
  const rows = decisions.map((told) => Object.values(COLUMNS).map((cellOf) => cellText(cellOf(told))));
  return [header, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
