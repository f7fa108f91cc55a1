/** A row that is still being added to, in place: each tick adds to the rows of all workloads, and none is looked at. */
import { recommendedReplicas, type Decision } from '../../domain/decision.ts';
import { trendOf, type Spread, type TrendRow } from '../../domain/trend.ts';

type Growing<Row> = { -readonly [Field in keyof Row]: Growing<Row[Field]> };

export type OpenRow = Growing<TrendRow>;

/** As `mergeTrend` of the row and that of the decision, which is in the same stretch. */
export function addDecision(row: OpenRow, decision: Decision): void {
  const { arrivalRate, currentReplicas, readyReplicas } = decision.observed;
  row.decisions += 1;
  if (arrivalRate.kind === 'value') addRate(row, decision, arrivalRate.value);
  grow(row.currentReplicas, currentReplicas);
  grow(row.readyReplicas, readyReplicas);
  const recommended = recommendedReplicas(decision);
  if (recommended !== undefined) {
    row.recommendedReplicas ??= { min: recommended, max: recommended, last: recommended };
    grow(row.recommendedReplicas, recommended);
  }
  const probability = decision.sizing?.sloViolationProbability;
  if (probability !== undefined)
    row.sloViolationProbability = Math.max(row.sloViolationProbability ?? probability, probability);
}

function addRate(row: OpenRow, decision: Decision, value: number): void {
  const rate = row.arrivalRateRps;
  if (rate === null) {
    row.arrivalRateRps = trendOf(decision).arrivalRateRps;
    return;
  }
  grow(rate, value);
  rate.sum += value;
  rate.count += 1;
}

function grow(spread: Growing<Spread>, value: number): void {
  if (value < spread.min) spread.min = value;
  if (value > spread.max) spread.max = value;
  spread.last = value;
}
