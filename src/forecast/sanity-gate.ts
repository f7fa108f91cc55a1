import type { SlotValues } from '../domain/time-series.ts';
import { MEDIAN_INDEX, QUANTILE_LEVELS, type SkipReason } from '../domain/forecast.ts';
import type { ForecastOutcome, ForecastRequest } from './forecaster.ts';

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;
export interface SanityProblem {
  readonly reason: SkipReason;
  readonly message: string;
}

/** Nothing may be forecast above this many times what was ever seen (an announced event raises the limit). */
const MAX_RATIO_TO_HISTORY = 50;

/**
 * Why a model's answer must not be served; undefined when it may. Whatever the model: the right shape, finite, not
 * negative, quantiles ascending, and not absurd beside the largest rate in the history.
 */
export function sanityProblemOf(outcome: Made, request: ForecastRequest): SanityProblem | undefined {
  return shapeProblem(outcome, request) ?? numberProblem(outcome) ?? boundProblem(outcome, request);
}

function shapeProblem(
  { meanRps, quantilesRps }: Made,
  { horizonSteps }: ForecastRequest,
): SanityProblem | undefined {
  const wholeRows = quantilesRps.every((row) => row.length === QUANTILE_LEVELS.length);
  if (meanRps.length === horizonSteps && quantilesRps.length === horizonSteps && wholeRows) return undefined;
  const message = `answered ${quantilesRps.length} steps of quantiles and ${meanRps.length} means for ${horizonSteps} steps`;
  return { reason: 'FitFailed', message };
}

function numberProblem({ meanRps, quantilesRps, confidenceRatio }: Made): SanityProblem | undefined {
  const rows = [meanRps, [confidenceRatio], ...quantilesRps];
  if (!rows.every((row) => row.every(Number.isFinite)))
    return { reason: 'NotFinite', message: 'answered a number that is not finite' };
  if (rows.some((row) => row.some((value) => value < 0)) || confidenceRatio > 1)
    return { reason: 'OutOfBounds', message: 'answered a negative rate or a confidence outside 0..1' };
  if (quantilesRps.some((row) => row.some((value, i) => i > 0 && value < row[i - 1])))
    return { reason: 'OutOfBounds', message: 'answered quantiles that are not ascending' };
  return undefined;
}

function boundProblem(
  { meanRps, quantilesRps }: Made,
  { series, calendar }: ForecastRequest,
): SanityProblem | undefined {
  const announced = calendar.events.reduce((most, event) => Math.max(most, event.arrivalRateMultiplier), 1);
  const medians = quantilesRps.map((row) => row[MEDIAN_INDEX]);
  const highest = Math.max(...meanRps, ...quantilesRps.map((row) => row[row.length - 1]));
  const mostRatio = MAX_RATIO_TO_HISTORY * announced;
  const largestSeen = largestSeenUntil(series.values, (rate) => highest <= mostRatio * rate);
  if (highest <= mostRatio * largestSeen) return undefined;
  const message = `answered up to ${highest} rps (median ${Math.max(...medians)}), the most ever seen is ${largestSeen} rps`;
  return { reason: 'OutOfBounds', message };
}

/** The largest finite rate, 0 where there is none; looks back from the newest and stops at one that is `enough`. */
function largestSeenUntil(ratesRps: SlotValues, enough: (rateRps: number) => boolean): number {
  let largest = 0;
  for (let i = ratesRps.length - 1; i >= 0; i -= 1) {
    const rate = ratesRps[i];
    if (!(rate > largest && rate < Infinity)) continue;
    largest = rate;
    if (enough(largest)) return largest;
  }
  return largest;
}
