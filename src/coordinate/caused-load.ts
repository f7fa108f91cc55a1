import { MS_PER_SECOND } from '../domain/clock.ts';
import { QUANTILE_LEVELS, type Forecast, type ForecastResult } from '../domain/forecast.ts';

/** A caller, as its callee sees it. */
export interface CallerOutlook {
  readonly name: string;
  /** Requests that each request to the caller causes at the callee. */
  readonly ratio: number;
  /** What is expected of the caller, where that is to be trusted. */
  readonly forecast: Forecast | undefined;
}

export interface CalleeOutlook {
  readonly forecast: ForecastResult;
  /** Below it a forecast is not trusted. */
  readonly minConfidenceRatio: number;
  /** What arrives at the callee that no caller's present load explains; at least 0. */
  readonly otherRps: number;
}

/**
 * What is expected of a callee that its callers' loads are known for: at each step and quantile the larger of what its
 * own past says and of what the callers' expected loads cause, with what it has besides. Callers' quantiles add up level
 * by level, as if all were high at once: a front's peak is the peak of all behind it. Where its own forecast is none, or
 * is not trusted, the callers' stands alone, with the least of their confidences. Without a caller to trust, or where
 * one of them is not to be, the callee's own is returned as it is: half a sum is none.
 */
export function withCallers(own: CalleeOutlook, callers: readonly CallerOutlook[]): ForecastResult {
  const known = callers.flatMap(({ forecast, ...caller }) => (forecast ? [{ ...caller, forecast }] : []));
  if (known.length === 0 || known.length < callers.length) return own.forecast;
  const base = trusted(own) ?? emptyFrom(known, own.forecast);
  const names = known.map(({ name, ratio }) => ({ name, ratio }));
  const steps = base.quantilesRps.map((quantilesRps, step) => {
    const fromMs = base.originAtMs + step * base.stepSeconds * MS_PER_SECOND;
    const slot = { fromMs, toMs: fromMs + base.stepSeconds * MS_PER_SECOND };
    const all = known.map(({ forecast, ratio }) => causedIn(forecast, ratio, slot));
    if (all.includes(undefined)) return { meanRps: base.meanRps[step], quantilesRps };
    const caused = sumOf(all as readonly CausedStep[], own.otherRps);
    return {
      meanRps: Math.max(base.meanRps[step], caused.meanRps),
      quantilesRps: quantilesRps.map((rps, level) => Math.max(rps, caused.quantilesRps[level])),
    };
  });
  return {
    ...base,
    meanRps: steps.map(({ meanRps }) => meanRps),
    quantilesRps: steps.map(({ quantilesRps }) => quantilesRps),
    callers: names,
  };
}

function trusted({ forecast, minConfidenceRatio }: CalleeOutlook): Forecast | undefined {
  return forecast.kind === 'forecast' && forecast.confidenceRatio >= minConfidenceRatio
    ? forecast
    : undefined;
}

interface CausedStep {
  readonly meanRps: number;
  readonly quantilesRps: readonly number[];
}

function sumOf(all: readonly CausedStep[], otherRps: number): CausedStep {
  return {
    meanRps: all.reduce((sum, one) => sum + one.meanRps, otherRps),
    quantilesRps: QUANTILE_LEVELS.map((_, level) =>
      all.reduce((sum, one) => sum + one.quantilesRps[level], otherRps),
    ),
  };
}

/** The largest of the caller's steps that touch the slot; undefined where none does. */
function causedIn(
  { originAtMs, stepSeconds, meanRps, quantilesRps }: Forecast,
  ratio: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): CausedStep | undefined {
  const stepMs = stepSeconds * MS_PER_SECOND;
  const first = Math.max(0, Math.floor((fromMs - originAtMs) / stepMs));
  const last = Math.min(meanRps.length, Math.ceil((toMs - originAtMs) / stepMs));
  if (first >= last) return undefined;
  const most = (values: readonly number[]): number => ratio * Math.max(...values.slice(first, last));
  return {
    meanRps: most(meanRps),
    quantilesRps: QUANTILE_LEVELS.map((_, level) => most(quantilesRps.map((row) => row[level]))),
  };
}

type KnownCaller = CallerOutlook & { readonly forecast: Forecast };

/** No load at all on the grid of the caller with the longest steps, for as long as all of them look. */
function emptyFrom(callers: readonly KnownCaller[], own: ForecastResult): Forecast {
  const forecasts = callers.map(({ forecast }) => forecast);
  const { model, stepSeconds } = forecasts.reduce((a, b) => (b.stepSeconds > a.stepSeconds ? b : a));
  const originAtMs = Math.max(...forecasts.map((one) => one.originAtMs));
  const endMs = Math.min(
    ...forecasts.map((one) => one.originAtMs + one.meanRps.length * one.stepSeconds * MS_PER_SECOND),
  );
  const steps = Math.max(0, Math.floor((endMs - originAtMs) / (stepSeconds * MS_PER_SECOND)));
  return {
    kind: 'forecast',
    model,
    skipped: own.skipped,
    confidenceRatio: Math.min(...forecasts.map((one) => one.confidenceRatio)),
    originAtMs,
    stepSeconds,
    meanRps: Array<number>(steps).fill(0),
    quantilesRps: Array<readonly number[]>(steps).fill(QUANTILE_LEVELS.map(() => 0)),
  };
}
