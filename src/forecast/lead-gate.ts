/**
 * Whether the leading model earns its place in the currency of decisions. What a decision is sized for is an upper quantile of
 * the highest rate from now until replicas asked for now serve, and one step; its quantile (pinball) loss (Koenker and Bassett
 * 1978) is what spare and missing capacity cost. The plainest plan that knows the day, what was there at the same time before
 * and as much to spare as it has come to need, is held against the model's at every forecast. A model that is clearly dearer,
 * beyond chance, does not lead: the plain plan does, until the model is about as good again. The reactive rule is held against whoever
 * leads in the same currency, over the same time and by the same margin (size/overshoot-record.ts).
 */
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import { type Forecast, type ForecastResult, QUANTILE_LEVELS, UPPER_INDEX } from '../domain/forecast.ts';
import { seriesEndMs, slotIndexAt, type TimeSeries, type SlotValues } from '../domain/time-series.ts';
import { RatioRecord } from './ratio-record.ts';
import { sameTimeBefore } from './same-time-before.ts';

const JUDGED_INDEX = QUANTILE_LEVELS.length - 1;
const JUDGED_LEVEL = QUANTILE_LEVELS[JUDGED_INDEX];
/** Loads change their habits. */
const FORGOTTEN_OVER_SECONDS = 14 * SECONDS_PER_DAY;
/** So many outcomes are learnt from before what was named is judged, and so many judged before it is believed. */
const LEAST_SAMPLES = 60;
/**
 * The plain plan takes the lead where its loss is below this share of the model's, and has it while it is below that: for having
 * missed no more than the model, or for much less to spare.
 */
const TAKES_RATIO = 0.7;
const GIVES_BACK_RATIO = 0.9;
const MUCH_LESS_RATIO = 0.25;
/**
 * And where the sum of what it would have saved is more than so many standard errors of it above nothing: a 0.99 quantile's loss
 * is that of few outcomes, and one crowd says nothing of the next.
 */
const SURE_ERRORS = 2;
/** Decisions that are not known to be right or wrong yet: with long lead times not each one is kept. */
const MOST_PENDING = 8;

/** What a decision was sized for by each, requests per second: the highest rate of its steps. */
interface Named {
  readonly originAtMs: number;
  readonly modelRps: number;
  /** At the same time before, and with what it had to spare. */
  readonly plainRps: number;
  readonly plainNamedRps: number;
  readonly plainUpperRps: number;
}

export interface LeadGate {
  /**
   * `made`, forecast from `history`, or the plain plan in its place (model `seasonal-naive`, the model skipped as `NotBetter`).
   * What has become known in `history` is judged first. `decisionSteps`: those that a decision is sized for.
   */
  lead(history: TimeSeries, made: ForecastResult, decisionSteps: number): ForecastResult;
}

/** For one workload; asked of each of its forecasts once, in order. */
export function createLeadGate(): LeadGate {
  const record = new PlanRecord();
  return {
    lead(history, made, decisionSteps) {
      record.judge(history, decisionSteps);
      if (made.kind !== 'forecast' || made.model === 'seasonal-naive') return made;
      const plain = sameTimeBefore(history, made.quantilesRps.length);
      if (plain === undefined) return made;
      record.name(made, plain, decisionSteps);
      return record.plainLeads(decisionSteps) ? plainForecast(made, plain, record) : made;
    },
  };
}

/** What came of what was named. */
class PlanRecord {
  readonly ratios = new RatioRecord();
  #pending: Named[] = [];
  #judged = 0;
  #modelLossRps = 0;
  #plainLossRps = 0;
  #savedSquares = 0;
  #modelMissingRps = 0;
  #plainMissingRps = 0;
  #held = 0;
  #isPlain = false;

  /** Share (0..1) of the outcomes that were at or below the plain plan's upper quantile, one more counted as a miss. */
  get heldRatio(): number {
    return this.#held / (this.#judged + 1);
  }

  get costRatio(): number {
    return this.#modelLossRps / this.#plainLossRps;
  }

  plainLeads(steps: number): boolean {
    const isKnown = this.#judged >= LEAST_SAMPLES;
    const most = this.#isPlain ? GIVES_BACK_RATIO : TAKES_RATIO;
    const isSparing = this.#plainLossRps < MUCH_LESS_RATIO * this.#modelLossRps;
    const isBetter =
      isKnown &&
      this.#plainLossRps < most * this.#modelLossRps &&
      (isSparing || this.#plainMissingRps <= this.#modelMissingRps);
    this.#isPlain = isBetter && (this.#isPlain || this.#isSure(steps));
    return this.#isPlain;
  }

  /** Outcomes of one another's time count as one. */
  #isSure(steps: number): boolean {
    const savedRps = this.#modelLossRps - this.#plainLossRps;
    return savedRps > SURE_ERRORS * Math.sqrt(Math.min(steps, MOST_PENDING) * this.#savedSquares);
  }

  name({ originAtMs, stepSeconds, quantilesRps }: Forecast, plain: Float64Array, steps: number): void {
    const strideMs = Math.ceil(steps / MOST_PENDING) * stepSeconds * MS_PER_SECOND;
    const newest = this.#pending.at(-1);
    if (newest !== undefined && originAtMs < newest.originAtMs + strideMs) return;
    const modelRps = Math.max(...quantilesRps.slice(0, steps).map((row) => row[JUDGED_INDEX]));
    const plainRps = Math.max(...plain.subarray(0, steps));
    const plainNamedRps = plainRps * this.ratios.ratioAt(JUDGED_LEVEL);
    const plainUpperRps = plainRps * this.ratios.ratioAt(QUANTILE_LEVELS[UPPER_INDEX]);
    this.#pending.push({ originAtMs, modelRps, plainRps, plainNamedRps, plainUpperRps });
  }

  /** Of what was named, all whose steps are known. A clock that went back, or another step, starts it anew. */
  judge(history: TimeSeries, steps: number): void {
    const stepMs = history.stepSeconds * MS_PER_SECOND;
    const endMs = seriesEndMs(history);
    this.#pending = this.#pending.filter(({ originAtMs }) => originAtMs <= endMs);
    let due = 0;
    for (; due < this.#pending.length; due += 1) {
      const named = this.#pending[due];
      if (named.originAtMs + steps * stepMs > endMs) break;
      const from = slotIndexAt(history, named.originAtMs);
      const keptRatio = Math.exp(
        (-Math.ceil(steps / MOST_PENDING) * history.stepSeconds) / FORGOTTEN_OVER_SECONDS,
      );
      this.#learn(named, highestOf(history.values.subarray(Math.max(0, from), from + steps)), keptRatio);
    }
    this.#pending.splice(0, due);
  }

  /** `cameRps` NaN: not known, nothing is learnt. */
  #learn(
    { modelRps, plainRps, plainNamedRps, plainUpperRps }: Named,
    cameRps: number,
    keptRatio: number,
  ): void {
    if (Number.isNaN(cameRps)) return;
    if (this.ratios.samples >= LEAST_SAMPLES) {
      this.#judged = keptRatio * this.#judged + 1;
      const [modelLossRps, plainLossRps] = [modelRps, plainNamedRps].map((namedRps) =>
        lossRps(cameRps, namedRps),
      );
      this.#modelLossRps = keptRatio * this.#modelLossRps + modelLossRps;
      this.#plainLossRps = keptRatio * this.#plainLossRps + plainLossRps;
      this.#modelMissingRps = keptRatio * this.#modelMissingRps + Math.max(0, cameRps - modelRps);
      this.#plainMissingRps = keptRatio * this.#plainMissingRps + Math.max(0, cameRps - plainNamedRps);
      this.#savedSquares = keptRatio * this.#savedSquares + (modelLossRps - plainLossRps) ** 2;
      this.#held = keptRatio * this.#held + (cameRps <= plainUpperRps ? 1 : 0);
    }
    this.ratios.add(cameRps, plainRps, keptRatio);
  }
}

/** NaN where a slot has no sample: the highest may have been there. */
function highestOf(ratesRps: SlotValues): number {
  return ratesRps.length === 0 ? Number.NaN : Math.max(...ratesRps);
}

/** Quantile loss at JUDGED_LEVEL. */
function lossRps(cameRps: number, namedRps: number): number {
  const missingRps = cameRps - namedRps;
  return missingRps > 0 ? JUDGED_LEVEL * missingRps : (JUDGED_LEVEL - 1) * missingRps;
}

function plainForecast(made: Forecast, plain: Float64Array, record: PlanRecord): Forecast {
  const { originAtMs, stepSeconds, change } = made;
  const ratios = QUANTILE_LEVELS.map((level) => record.ratios.ratioAt(level));
  const middle = record.ratios.ratioAt(0.5);
  const message = `its decisions cost ${record.costRatio.toFixed(2)} times those of the same time before`;
  return {
    kind: 'forecast',
    model: 'seasonal-naive',
    skipped: [...made.skipped, { model: made.model, reason: 'NotBetter', message }],
    confidenceRatio: record.heldRatio,
    originAtMs,
    stepSeconds,
    meanRps: Array.from(plain, (rate) => rate * middle),
    quantilesRps: Array.from(plain, (rate) => ratios.map((ratio) => rate * ratio)),
    ...(change && { change }),
  };
}
