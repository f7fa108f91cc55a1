import { learningSeconds } from '../capacity/learn-service-rate.ts';
import type { WorkColumns } from '../capacity/work-history.ts';
import { decide } from '../decide.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Decision, DecisionMemory } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { LiveFeature, LiveHistory } from '../domain/live-history.ts';
import type { LearnedRate } from '../domain/service-rate.ts';
import type { Observation } from '../domain/observation.ts';
import { asKept, knownAt, slotStartMs, type Samples, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { learningOffsetOf } from '../forecast/learning-offset.ts';
import type { ForecastChain } from '../forecast/select-forecast.ts';
import { coverageRatio } from '../observe/gather-observation.ts';
import { judgeAnswer } from '../observe/judge-answer.ts';
import { resample } from '../observe/resample.ts';
import type { Policy } from '../policy/policy.ts';
import { withStartup } from '../policy/startup-time.ts';
import { fittedTo, stepsAhead } from './join-fleet.ts';
import { learnedFrom, sizedRateRps } from './learn-rate.ts';

/** "What would you decide?" for a workload that need not exist: an observation, or arrival rates to make one of. */
export interface Hypothesis {
  readonly policy: Policy;
  readonly nowMs: number;
  readonly tickSeconds: number;
  readonly seen:
    | { readonly kind: 'observation'; readonly observation: Observation }
    | {
        readonly kind: 'samples';
        readonly history: TimeSeries;
        readonly replicas: Pick<
          Observation,
          'currentReplicas' | 'readyReplicas' | 'rollingOut' | 'learnedStartup'
        >;
        readonly backlogRequests: number;
        /** On the arrival rates' grid: what the service rate is learned from, where the policy does not give it. */
        readonly work: WorkColumns;
        /** At the arrival rates' step; undefined: nothing is known beside them. */
        readonly live?: LiveHistory | undefined;
        /** What each dependency that is asked has left, as of now. */
        readonly dependencies: Observation['dependencies'];
      };
  readonly forecast: ForecastResult | undefined;
  readonly memory: DecisionMemory | undefined;
}

/** The decision that the loop would make; nothing is read, written or remembered. */
export function decideWhatIf(forecaster: ForecastChain, asked: Hypothesis): Decision {
  const { nowMs, tickSeconds, seen } = asked;
  const memory = asked.memory ?? settledMemory(nowMs, tickSeconds);
  if (seen.kind === 'observation') {
    const { policy, forecast = NOT_ASKED } = asked;
    return decide({ observation: seen.observation, forecast, policy, memory, nowMs, tickSeconds }).decision;
  }
  const started = withStartup(asked.policy, seen.replicas.learnedStartup);
  const policy = fittedTo(started, seen.history.stepSeconds);
  const history = knownHistory(seen.history, policy, nowMs);
  const observation = observed(policy, history, { nowMs, ...seen });
  const live = seen.live && knownLive(seen.live, policy, nowMs);
  const kept = { history: asKept(history), live, tickSeconds };
  const forecast = asked.forecast ?? forecastOf(forecaster, policy, kept);
  return decide({ observation, forecast, policy, memory, nowMs, tickSeconds }).decision;
}

const NOT_ASKED: ForecastResult = { kind: 'unavailable', skipped: [] };

/** That of a controller that has watched for long enough, with nothing pending: no window holds anything back. */
function settledMemory(nowMs: number, tickSeconds: number): DecisionMemory {
  return {
    completeSinceMs: 0,
    recommendations: [],
    changes: [],
    served: [],
    backlogRequests: 0,
    backlogAtMs: nowMs - tickSeconds * MS_PER_SECOND,
  };
}

/** At the policy's step, on the samples' own grid, up to what is known at `nowMs`. */
function knownHistory(samples: TimeSeries, { forecast, metrics }: Policy, nowMs: number): TimeSeries {
  const phaseMs = samples.startAtMs % (samples.stepSeconds * MS_PER_SECOND);
  const history = resample(samples, forecast.stepSeconds, phaseMs);
  return knownAt(history, nowMs - metrics.delaySeconds * MS_PER_SECOND);
}

/** What is read at a step of the rates' own grid. */
function knownLive({ metrics, rolloutsAtMs }: LiveHistory, policy: Policy, nowMs: number): LiveHistory {
  const named = Object.entries(metrics).filter(([metric]) => policy.metrics.queries[metric as LiveFeature]);
  const known = named.map(([metric, samples]) => [metric, asKept(knownHistory(samples, policy, nowMs))]);
  return { metrics: Object.fromEntries(known) as LiveHistory['metrics'], rolloutsAtMs };
}

type SeenSamples = Extract<Hypothesis['seen'], { kind: 'samples' }>;

function observed(
  policy: Policy,
  history: TimeSeries,
  { nowMs, replicas, backlogRequests, work, dependencies }: SeenSamples & { readonly nowMs: number },
): Observation {
  const samples = samplesOf(history);
  const by = { nowMs, stepSeconds: history.stepSeconds, freshness: policy.metrics };
  const learnedRate = learnedAt(policy, work, nowMs);
  return {
    workload: policy.workload,
    observedAtMs: nowMs,
    arrivalRate:
      samples.values.length === 0
        ? { kind: 'empty' }
        : judgeAnswer({ kind: 'samples', samples, partialMessage: null }, by),
    context: {},
    dependencies,
    coverageRatio: coverageRatio(history, nowMs - policy.metrics.delaySeconds * MS_PER_SECOND),
    serviceRateRps: sizedRateRps(policy, learnedRate),
    ...(learnedRate && { learnedRate }),
    ...replicas,
    startingReplicas: Math.max(0, replicas.currentReplicas - replicas.readyReplicas),
    paused: policy.paused,
    backlogRequests,
  };
}

/** As the loop learns it: from as far back and no later; undefined where the policy gives the rate. */
function learnedAt(policy: Policy, work: WorkColumns, nowMs: number): LearnedRate | undefined {
  if (policy.capacity.serviceRateRps !== null) return undefined;
  const known = Object.entries(work).map(([metric, samples]) => {
    const history = asKept(knownHistory(samples, policy, nowMs));
    const slots = Math.ceil(learningSeconds(history.stepSeconds) / history.stepSeconds);
    const from = Math.max(0, history.values.length - slots);
    const recent = {
      ...history,
      startAtMs: slotStartMs(history, from),
      values: history.values.subarray(from),
    };
    return [metric, recent];
  });
  return learnedFrom(policy, Object.fromEntries(known) as WorkColumns);
}

function samplesOf(history: TimeSeries): Samples {
  const slots = [...history.values.keys()].filter((slot) => !Number.isNaN(history.values[slot]));
  return {
    startsAtMs: Float64Array.from(slots, (slot) => slotStartMs(history, slot)),
    values: Float64Array.from(slots, (slot) => history.values[slot]),
  };
}

function forecastOf(
  forecaster: ForecastChain,
  policy: Policy,
  {
    history,
    live,
    tickSeconds,
  }: {
    readonly history: TimeSeries;
    readonly live: LiveHistory | undefined;
    readonly tickSeconds: number;
  },
): ForecastResult {
  const seriesKey = workloadKey(policy.workload);
  const [result] = forecaster.forecast([
    {
      // A name that no workload of the fleet has, so that no cache mistakes the one for the other.
      seriesKey: `what-if of ${seriesKey}`,
      learningOffsetSeconds: learningOffsetOf(seriesKey),
      series: history,
      live,
      ...stepsAhead(policy, tickSeconds),
      calendar: policy.calendar,
      models: policy.forecast.models,
      workloadClass: policy.forecast.workloadClass,
    },
  ]);
  return result;
}
