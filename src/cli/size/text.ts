/** The human form of the queueing answer. */
import type { SizingCandidate } from '../../domain/sizing.ts';
import { barPlot } from '../../explain/ascii-plot.ts';
import type { SizeAnswer, SizeQuestion } from '../../size/queueing-answer.ts';

const REASON_TEXTS: Readonly<Record<SizeAnswer['reason'], string>> = {
  Given: 'as given',
  CostOptimum: 'lowest cost',
  ObjectiveMet: 'smallest count that meets the objective',
  ServiceTimeExceedsSlo:
    'no count can meet the objective: service alone takes longer than the SLO too often; this count keeps what waiting adds within the objective',
  ScalingOutCannotHelp: 'more replicas would lower the capacity',
  DependencyLimit: 'a dependency has no room for more replicas',
  MaxReplicasTooSmall: 'even --max-replicas does not carry the load',
  TooManyReplicas: 'held down to --max-replicas',
  TooFewReplicas: 'held up to --min-replicas',
};

export function answerText(question: SizeQuestion, answer: SizeAnswer): string {
  const perReplica = question.serversPerReplica > 1 ? ` of ${question.serversPerReplica} servers` : '';
  const rows: (readonly [string, string])[] = [
    ['replicas', `${answer.replicas}${perReplica} (${REASON_TEXTS[answer.reason]})`],
    ['offered load', `${shown(answer.offeredLoadErlangs)} erlangs on ${answer.servers} servers`],
    ['utilization', percent(answer.utilizationRatio)],
    ...stateRows(question, answer),
    ...costRows(answer),
  ];
  const labelCells = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(labelCells)}  ${value}\n`).join('');
}

function stateRows(question: SizeQuestion, answer: SizeAnswer): (readonly [string, string])[] {
  if (!answer.stable)
    return [['state', 'unstable: more arrives than the replicas can serve, the queue grows without end']];
  return [
    ['wait probability', percent(answer.waitProbability)],
    ['mean wait', milliseconds(answer.meanWaitSeconds)],
    ['mean response', milliseconds(answer.meanResponseSeconds)],
    [`late (> ${shown(question.sloSeconds)} s)`, percent(answer.sloViolationProbability)],
  ];
}

function costRows({
  costPerHour: { replicas, violations, total },
}: SizeAnswer): (readonly [string, string])[] {
  if (total === null) return [];
  const parts = [
    ...(replicas === null ? [] : [`replicas ${shown(replicas)}`]),
    ...(violations === null ? [] : [`violations ${shown(violations)}`]),
  ];
  return [['cost per hour', `${shown(total)} (${parts.join(' + ')})`]];
}

/** Cost of each neighbouring count, or its late share where there are no prices; the chosen one is marked. */
export function curveText(
  question: SizeQuestion,
  answer: SizeAnswer,
  curve: readonly SizingCandidate[],
): string {
  if (curve.length === 0) return 'no neighbouring count is stable\n';
  const priced = question.perReplicaHour !== undefined && question.perViolation !== undefined;
  const rows = curve.map((candidate) => ({
    label: `${candidate.replicas}`,
    value: priced ? candidate.costPerHour.total : candidate.sloViolationProbability,
    note:
      (priced ? shown(candidate.costPerHour.total) : percent(candidate.sloViolationProbability)) +
      (candidate.replicas === answer.replicas ? '  <-- this count' : ''),
  }));
  return `${priced ? 'cost per hour' : 'late share'} by replicas\n${barPlot(rows)}\n`;
}

function shown(value: number): string {
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e7)
    ? value.toExponential(3)
    : String(Number(value.toPrecision(value >= 1000 ? 7 : 5)));
}

function percent(ratio: number | null): string {
  return ratio === null ? '-' : `${shown(ratio * 100)} %`;
}

function milliseconds(seconds: number | null): string {
  return seconds === null ? '-' : `${shown(seconds * 1000)} ms`;
}
