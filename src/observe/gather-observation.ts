/** Between the policies and a metrics source: what to ask for at a tick, and what the answers mean. Pure. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Measurement } from '../domain/measurement.ts';
import { METRIC_NAMES, type MetricName } from '../domain/metric-name.ts';
import type { DependencyReading, Observation } from '../domain/observation.ts';
import { knownAt, presentRatio, slotIndexAt, type TimeSeries } from '../domain/time-series.ts';
import type { Policy } from '../policy/policy.ts';
import { type HistoryBuffer, type Reach, rereadSeconds, type Span } from './history-buffer.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { SeriesAnswer, SeriesRequest } from './metrics-source.ts';

/** The part of an Observation that comes from metrics, and the history to forecast from. */
export interface GatheredMetrics extends Pick<
  Observation,
  'arrivalRate' | 'context' | 'dependencies' | 'coverageRatio'
> {
  /** Arrival rates in requests per second up to now - delay; NaN: no sample. */
  readonly history: TimeSeries;
}

/** Context metrics of which not the newest sample alone is wanted. */
export type MetricHistories = Readonly<Partial<Record<MetricName, HistoryBuffer>>>;

const COVERAGE_SECONDS = 15 * 60;
const MIN_COVERAGE_SLOTS = 3;

/** The same for all who have none: a fleet keeps them with every decision. */
const NO_CONTEXT: GatheredMetrics['context'] = {};
const NO_DEPENDENCIES: GatheredMetrics['dependencies'] = [];

/** How the questions are put. */
export interface Asking {
  readonly histories?: MetricHistories;
  /** Of the live metrics that forecasts are made of. */
  readonly live?: MetricHistories;
  /** Of histories that have not been read yet. */
  readonly reach?: Reach;
  /** Whether the source has what it is asked for at any instant: the load of now is then known between two slots, too. */
  readonly isLive?: boolean;
}

/** Instants at which a load is looked at between two slots: the same for all workloads, so that they share a query. */
const LIVE_STEP_SECONDS = 15;

/**
 * What to ask a source for one workload: its arrival rate since the buffer last knew it, or, where it knows all slots
 * that there are, as it is now; then the newest samples of each context metric that the policy names (all since its
 * history last knew it, where it has one) and of each dependency that is to be asked.
 */
export function requestsFor(
  policy: Policy,
  buffer: HistoryBuffer,
  nowMs: number,
  { histories = {}, live = {}, reach = 'whole', isLive = false }: Asking = {},
): readonly SeriesRequest[] {
  const { queries } = policy.metrics;
  const { stepSeconds } = buffer;
  const arrivals = buffer.nextRequest(nowMs, policy.metrics, reach);
  const recentMs = rereadSeconds(stepSeconds, policy.metrics) * MS_PER_SECOND;
  const recent = { fromMs: arrivals.toMs - recentMs, toMs: arrivals.toMs };
  const isBetweenSlots =
    isLive && stepSeconds > LIVE_STEP_SECONDS && buffer.isBetweenSlots(nowMs, policy.metrics);
  const load = isBetweenSlots ? liveInstant(arrivals.toMs) : { ...arrivals, stepSeconds };
  const contextSpan = (metric: MetricName): Span => {
    const spans = [histories[metric], live[metric]].map((kept) =>
      kept?.nextRequest(nowMs, policy.metrics, reach),
    );
    const fromMs = spans.flatMap((span) => span?.fromMs ?? []);
    return fromMs.length === 0 ? recent : { ...recent, fromMs: Math.min(...fromMs) };
  };
  const named = METRIC_NAMES.filter((metric) => queries[metric] !== undefined);
  const { workload, dependencies } = policy;
  const ofMetrics = named.map((metric): SeriesRequest => {
    const query = queries[metric]!;
    const asked = metric === 'arrivalRate' ? load : { ...contextSpan(metric), stepSeconds };
    return {
      workload,
      metric,
      query,
      fromMs: asked.fromMs,
      toMs: asked.toMs,
      stepSeconds: asked.stepSeconds,
    };
  });
  if (dependencies.length === 0) return ofMetrics;
  const ofDependencies = dependencies.flatMap(({ name, query }) =>
    query === null ? [] : [{ workload, metric: { dependency: name }, query, stepSeconds, ...recent }],
  );
  return [...ofMetrics, ...ofDependencies];
}

/** The one slot of the finer grid that ends last. */
function liveInstant(toMs: number): Pick<SeriesRequest, 'fromMs' | 'toMs' | 'stepSeconds'> {
  const stepMs = LIVE_STEP_SECONDS * MS_PER_SECOND;
  const endMs = Math.floor(toMs / stepMs) * stepMs;
  return { fromMs: endMs - stepMs, toMs: endMs, stepSeconds: LIVE_STEP_SECONDS };
}

/** One workload's requests with the answers to them, in the same order. */
export interface Answered {
  readonly requests: readonly SeriesRequest[];
  readonly answers: readonly SeriesAnswer[];
  /** As they were asked with. */
  readonly histories?: MetricHistories;
  readonly live?: MetricHistories;
}

/** Takes the answers into the buffers and judges what they say about `nowMs`. */
export function gatherObservation(
  policy: Policy,
  buffer: HistoryBuffer,
  { requests, answers, histories = {}, live = {} }: Answered,
  nowMs: number,
): GatheredMetrics {
  const by = { nowMs, stepSeconds: buffer.stepSeconds, freshness: policy.metrics };
  const context: Partial<Record<MetricName, Measurement>> = {};
  const dependencies: DependencyReading[] = [];
  let arrivalRate: Measurement = { kind: 'empty' };
  let named = 0;
  requests.forEach((request, index) => {
    const answer = answers[index];
    const { metric } = request;
    if (typeof metric === 'object') {
      const free = judgeAnswer(answer, { ...by, mayBeNegative: true });
      dependencies.push({ name: metric.dependency, free });
    } else if (metric !== 'arrivalRate') {
      for (const kept of [histories[metric], live[metric]]) kept?.append(answer, request);
      context[metric] = judgeAnswer(answer, by);
      named += 1;
    } else if (request.stepSeconds === buffer.stepSeconds) {
      buffer.append(answer, request);
      arrivalRate = judgeAnswer(answer, by);
    } else {
      arrivalRate = judgeAnswer(answer, { ...by, stepSeconds: request.stepSeconds });
      if (arrivalRate.kind === 'empty') buffer.foundNothingBetween(nowMs);
    }
  });
  const usableToMs = nowMs - policy.metrics.delaySeconds * MS_PER_SECOND;
  const history = knownAt(buffer.series(), usableToMs);
  return {
    arrivalRate,
    context: named === 0 ? NO_CONTEXT : context,
    dependencies: dependencies.length === 0 ? NO_DEPENDENCIES : dependencies,
    history,
    coverageRatio: coverageRatio(history, usableToMs),
  };
}

/** Share (0..1) of the slots of the last 15 minutes before `usableToMs` (at least 3 slots) that hold a sample. */
export function coverageRatio(history: TimeSeries, usableToMs: number): number {
  const slots = Math.max(MIN_COVERAGE_SLOTS, Math.floor(COVERAGE_SECONDS / history.stepSeconds));
  const endIndex = slotIndexAt(history, usableToMs);
  return presentRatio(history, endIndex - slots, endIndex);
}
