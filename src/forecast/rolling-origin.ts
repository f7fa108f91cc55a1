/**
 * Rolling-origin evaluation: the last third of a recording is forecast again and again, each time from what was known
 * at that instant and no more. Tashman 2000, "Out-of-sample tests of forecasting accuracy".
 */
import type { ExpertName, Forecast, ForecastResult, ModelName } from '../domain/forecast.ts';
import type { LiveHistory } from '../domain/live-history.ts';
import { asKept, slotStartMs, type TimeSeries, type SlotValues } from '../domain/time-series.ts';
import type { Calendar } from '../policy/policy.ts';
import { type Accuracy, createAccuracyTally, meanOneStepChange } from './accuracy.ts';
import type { PlannedRequest } from './event-reader.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from './forecaster.ts';
import { createForecastChain } from './select-forecast.ts';

export const AUTO = 'auto';
/** A model, or `auto`: the chain that the controller uses. */
export type EvaluatedName = ModelName | typeof AUTO;

export interface RollingPlan {
  readonly series: TimeSeries;
  readonly horizonSteps: number;
  readonly strideSlots: number;
  /** History beyond so many slots before an origin is kept from the models; Infinity: they get all of it. */
  readonly lookbackSlots: number;
  readonly calendar: Calendar;
  /** All that is known beside the arrival rates: what stands from an origin on is not read there. */
  readonly live?: LiveHistory | undefined;
}

export interface ModelScore extends Partial<Accuracy> {
  /** Share of origins without a forecast; the other scores are over the rest, absent where there is none. */
  readonly unavailableRatio: number;
  /** Mean share of each expert, for a model that mixes others. */
  readonly weights?: Readonly<Partial<Record<ExpertName, number>>>;
  /** Seconds of the first question, in which all that it needs is fitted. */
  readonly fitSeconds: number;
  /** Median seconds of a question. */
  readonly forecastSecondsP50: number;
}

export interface RollingDeps {
  readonly models: readonly Forecaster[];
  readonly chain: readonly ModelName[];
  readonly names: readonly EvaluatedName[];
  readonly monotonicMs: () => number;
  /** After each origin: what `name` forecast there. */
  readonly onForecast?: (name: EvaluatedName, result: ForecastResult) => void;
  readonly onProgress?: (doneRatio: number) => void;
}

/**
 * Slots at which to forecast: from two thirds of the recording on, `strideSlots` apart, where at least one slot of the
 * horizon holds a sample.
 */
export function rollingOrigins({ series, horizonSteps, strideSlots }: RollingPlan): number[] {
  const { values } = series;
  const origins: number[] = [];
  for (let slot = Math.ceil((2 * values.length) / 3); slot < values.length; slot += strideSlots)
    if (values.subarray(slot, slot + horizonSteps).some((value) => !Number.isNaN(value))) origins.push(slot);
  return origins;
}

/** Scores of every name over the origins of the plan, and how many these are. */
export function evaluateRolling(
  plan: RollingPlan,
  deps: RollingDeps,
): { readonly origins: number; readonly models: ReadonlyMap<EvaluatedName, ModelScore> } {
  const origins = rollingOrigins(plan);
  const scaleRps = meanOneStepChange(plan.series.values, Math.ceil((2 * plan.series.values.length) / 3));
  const runs = new Map(deps.names.map((name) => [name, { ...createRun(scaleRps) }]));
  // Forecast from the numbers that a controller keeps, scored by those that were recorded.
  const kept = { ...plan, series: asKept(plan.series) };
  origins.forEach((slot, index) => {
    const asked = new AskedModels(deps, requestAt(kept, slot));
    for (const [name, run] of runs) {
      const { result, seconds } = asked.answer(name);
      deps.onForecast?.(name, result);
      run.seconds.push(seconds);
      if (result.kind === 'unavailable') run.unavailable += 1;
      else addForecast(run, result, plan.series.values.subarray(slot));
    }
    deps.onProgress?.((index + 1) / origins.length);
  });
  return { origins: origins.length, models: new Map([...runs].map(([name, run]) => [name, scoreOf(run)])) };
}

interface Run {
  readonly tally: ReturnType<typeof createAccuracyTally>;
  readonly seconds: number[];
  unavailable: number;
  /** Of the experts, summed over the origins. */
  readonly weightSums: Map<ExpertName, number>;
}

function createRun(scaleRps: number): Run {
  return { tally: createAccuracyTally(scaleRps), seconds: [], unavailable: 0, weightSums: new Map() };
}

function addForecast(run: Run, { quantilesRps, weights = [] }: Forecast, actualsRps: SlotValues): void {
  quantilesRps.forEach((row, step) => run.tally.add(row, actualsRps[step] ?? Number.NaN));
  for (const { expert, weightRatio } of weights)
    run.weightSums.set(expert, (run.weightSums.get(expert) ?? 0) + weightRatio);
}

/** Mean shares, the largest first; undefined for a model that mixes nothing. */
function meanWeights({ weightSums }: Run): ModelScore['weights'] {
  const total = [...weightSums.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const sorted = [...weightSums].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(sorted.map(([expert, sum]) => [expert, sum / total]));
}

function scoreOf(run: Run): ModelScore {
  const { tally, seconds, unavailable } = run;
  const weights = meanWeights(run);
  const sorted = [...seconds].sort((a, b) => a - b);
  return {
    ...tally.scores(),
    ...(weights && { weights }),
    unavailableRatio: seconds.length === 0 ? 1 : unavailable / seconds.length,
    fitSeconds: seconds[0] ?? 0,
    forecastSecondsP50: sorted[Math.floor(sorted.length / 2)] ?? 0,
  };
}

function requestAt(
  { series, horizonSteps, lookbackSlots, calendar, live }: RollingPlan,
  slot: number,
): PlannedRequest {
  const from = Math.max(0, slot - lookbackSlots);
  const known = {
    ...series,
    startAtMs: slotStartMs(series, from),
    values: series.values.subarray(from, slot),
  };
  return { seriesKey: 'evaluated', series: known, horizonSteps, calendar, live };
}

/** The models' answers at one origin: each is asked once, whoever wants to know. */
class AskedModels {
  readonly #deps: RollingDeps;
  readonly #request: PlannedRequest;
  readonly #answers = new Map<ModelName, { outcome: ForecastOutcome; seconds: number }>();

  constructor(deps: RollingDeps, request: PlannedRequest) {
    this.#deps = deps;
    this.#request = request;
  }

  /** What a chain of this model alone (or the controller's chain) serves, and the seconds its models took. */
  answer(name: EvaluatedName): { result: ForecastResult; seconds: number } {
    const models = name === AUTO ? this.#deps.chain : [name];
    let seconds = 0;
    const asked = this.#deps.models.map((model): Forecaster => ({
      name: model.name,
      forecast: (requests) => {
        const { outcome, seconds: taken } = this.#ask(model, requests);
        seconds += taken;
        return [outcome];
      },
    }));
    const [served] = createForecastChain(asked).forecast([{ ...this.#request, models }]);
    const result: ForecastResult =
      name !== AUTO && served.kind === 'forecast' && served.model !== name
        ? { kind: 'unavailable', skipped: served.skipped }
        : served;
    return { result, seconds };
  }

  #ask(
    model: Forecaster,
    requests: readonly ForecastRequest[],
  ): { outcome: ForecastOutcome; seconds: number } {
    const known = this.#answers.get(model.name);
    if (known !== undefined) return known;
    const startedMs = this.#deps.monotonicMs();
    const [outcome] = model.forecast(requests);
    const answer = { outcome, seconds: (this.#deps.monotonicMs() - startedMs) / 1000 };
    this.#answers.set(model.name, answer);
    return answer;
  }
}
