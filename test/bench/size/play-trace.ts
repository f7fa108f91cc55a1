/** One recording, played by the product's sizing with the true rates or with forecasts, beside the offline optimum. */
import { decide, initialMemory } from '../../../src/decide.ts';
import { desiredReplicas, type DecisionMemory } from '../../../src/domain/decision.ts';
import type { ForecastResult } from '../../../src/domain/forecast.ts';
import { slotStartMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { createModels, DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { sizeReplicas, type SizingStep } from '../../../src/size/size-replicas.ts';
import { anObservation, measured } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { offlineOptimum, type World } from './offline-optimum.ts';
import { playPlan, type Fleet, type PlayedStep } from './played-plan.ts';

export interface PlayedTrace {
  readonly steps: number;
  readonly optimumPerHour: number;
  /** What the plan pays with the true rates of its horizon, as a multiple of the optimum. */
  readonly trueRatio: number;
  readonly forecast?:
    { readonly steps: number; readonly planRatio: number; readonly decisionRatio: number } | undefined;
}

/** As in the interface's example: a replica for 0.12 an hour, 0.0004 for a late request, 0.001 for a start. */
const COST = { perReplicaHour: 0.12, perViolation: 0.0004, perReplicaStart: 0.001, currency: 'USD' };
const MEAN_BUSY_REPLICAS = 14;
const MEAN_RPS = 140;
const SERVICE_RATE_RPS = MEAN_RPS / MEAN_BUSY_REPLICAS;
const SLO_SECONDS = 5 / SERVICE_RATE_RPS;
/** Decisions at 15 s on minutes, else once a minute: longer steps have room for many. */
const tickOf = (stepSeconds: number): number => (stepSeconds <= 60 ? 15 : 60);
/** The plan looks as far ahead as the default policy, or three steps where that is farther. */
const horizonOf = (stepSeconds: number): number => Math.max(3, defaultHorizonSteps(stepSeconds));

export function playTrace(
  series: TimeSeries,
  given: { readonly startupSeconds: number; readonly forecastSteps: number; readonly steps: number },
): PlayedTrace {
  const scaled = scaledSeries(series);
  const present = scaled.values.filter((value) => !Number.isNaN(value)).slice(-given.steps);
  const { stepSeconds } = series;
  const world = worldOf(given.startupSeconds);
  const steps = [...present].map((rateRps) => ({ rateRps, seconds: stepSeconds }));
  const optimum = optimumOf(steps, world);
  const context = { world, stepSeconds, policy: policyOf(stepSeconds, given.startupSeconds) };
  const played = playKnown(steps, context);
  return {
    steps: steps.length,
    optimumPerHour: (optimum / (steps.length * stepSeconds)) * 3600,
    trueRatio: played / optimum,
    ...(given.forecastSteps > 0 && { forecast: playForecasts(scaled, given.forecastSteps, context) }),
  };
}

interface Context {
  readonly world: World;
  readonly stepSeconds: number;
  readonly policy: Policy;
}

function scaledSeries(series: TimeSeries): TimeSeries {
  const present = [...series.values].filter((value) => !Number.isNaN(value));
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  return { ...series, values: series.values.map((value) => (value * MEAN_RPS) / mean) };
}

function worldOf(startupSeconds: number): World {
  return {
    serviceRateRps: SERVICE_RATE_RPS,
    sloSeconds: SLO_SECONDS,
    perReplicaSecond: COST.perReplicaHour / 3600,
    perViolation: COST.perViolation,
    perStart: COST.perReplicaStart,
    startupSeconds,
  };
}

function policyOf(stepSeconds: number, startupSeconds: number): Policy {
  return aPolicy({
    minReplicas: 1,
    maxReplicas: 1_000_000,
    capacity: {
      serviceRateRps: SERVICE_RATE_RPS,
      serversPerReplica: 1,
      dispatch: 'Central',
      startupSeconds,
    },
    slo: { responseSeconds: SLO_SECONDS },
    cost: COST,
    forecast: { stepSeconds, minConfidenceRatio: 0 },
    behavior: {
      scaleUp: { policies: [{ type: 'Percent', value: 1_000_000, periodSeconds: 15 }] },
      scaleDown: { stabilizationWindowSeconds: 0 },
    },
  });
}

/** Counts up to well above what the highest rate needs. */
function optimumOf(steps: readonly PlayedStep[], world: World): number {
  const load = Math.max(...steps.map(({ rateRps }) => rateRps)) / world.serviceRateRps;
  return offlineOptimum(steps, world, Math.ceil(load + 6 * Math.sqrt(load) + 10));
}

interface Ask {
  readonly fleet: Fleet;
  readonly tickSeconds: number;
  readonly ahead: readonly SizingStep[];
}

/** Up to lead time and margin, as `decide` has it; the rest is the horizon. */
function windowOf(
  { world, stepSeconds }: Context,
  ahead: readonly SizingStep[],
  tickSeconds: number,
): readonly SizingStep[] {
  const seconds = world.startupSeconds + tickSeconds + Math.min(60, stepSeconds);
  return ahead.filter(({ atMs }) => atMs < ahead[0].atMs + seconds * 1000);
}

/** The plan's first step. */
function plannedReplicas(context: Context, { fleet, tickSeconds, ahead }: Ask): number {
  const window = windowOf(context, ahead, tickSeconds);
  const { world, policy } = context;
  return sizeReplicas({
    basis: 'forecast',
    window,
    horizon: ahead.slice(window.length),
    policy,
    leadTimeSeconds: world.startupSeconds + tickSeconds,
    serviceRateRps: world.serviceRateRps,
    currentReplicas: fleet.replicas,
    startingReplicas: fleet.startingReplicas,
    backlogRequests: 0,
  }).replicas;
}

function playKnown(steps: readonly PlayedStep[], context: Context): number {
  const { stepSeconds, world } = context;
  const tickSeconds = tickOf(stepSeconds);
  const horizon = horizonOf(stepSeconds);
  const asked = createReuse();
  return playPlan(steps, { world, tickSeconds }, (step, secondsIn, fleet) => {
    const ahead = steps.slice(step, step + horizon).map(({ rateRps }, k): SizingStep => ({
      atMs: (k === 0 ? secondsIn : k * stepSeconds) * 1000,
      rateRps,
    }));
    return asked(step, fleet, windowOf(context, ahead, tickSeconds).length, () =>
      plannedReplicas(context, { fleet, tickSeconds, ahead }),
    );
  }).total;
}

type Reuse = (step: number, fleet: Fleet, windowSteps: number, ask: () => number) => number;

/** Within a step the answer changes when another step enters the window, or the fleet is another. */
function createReuse(): Reuse {
  let key = '';
  let answer = 0;
  return (step, { replicas }, windowSteps, ask) => {
    const now = `${step} ${replicas} ${windowSteps}`;
    if (now !== key) answer = ask();
    key = now;
    return answer;
  };
}

/** The last `count` steps with forecasts from what was known at their beginning. */
function playForecasts(series: TimeSeries, count: number, context: Context): PlayedTrace['forecast'] {
  const { values } = series;
  const slots = [...values.keys()].slice(-count).filter((slot) => slot > 0 && !Number.isNaN(values[slot]));
  const steps = slots.map((slot) => ({ rateRps: values[slot], seconds: context.stepSeconds }));
  const optimum = optimumOf(steps, context.world);
  const chain = createForecastChain(createModels({ missing: 'the plan is compared without it' }));
  const forecasts = slots.map((slot) => forecastAt(chain, series, slot));
  const plan = playPlan(
    steps,
    { world: context.world, tickSeconds: tickOf(context.stepSeconds) },
    (k, secondsIn, fleet) => {
      const forecast = forecasts[k];
      if (forecast.kind === 'unavailable') return fleet.replicas;
      const ahead = forecast.quantilesRps.map((quantilesRps, j): SizingStep => ({
        atMs: (j === 0 ? secondsIn : j * context.stepSeconds) * 1000,
        quantilesRps,
      }));
      return plannedReplicas(context, { fleet, tickSeconds: tickOf(context.stepSeconds), ahead });
    },
  );
  const decisions = playDecisions({ series, slots, steps, forecasts }, context);
  return { steps: steps.length, planRatio: plan.total / optimum, decisionRatio: decisions / optimum };
}

function forecastAt(
  chain: ReturnType<typeof createForecastChain>,
  series: TimeSeries,
  slot: number,
): ForecastResult {
  return chain.forecast([
    {
      seriesKey: 'played',
      series: { ...series, values: series.values.subarray(0, slot) },
      horizonSteps: horizonOf(series.stepSeconds),
      calendar: { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] },
      models: DEFAULT_CHAIN,
    },
  ])[0];
}

interface ForecastPlay {
  readonly series: TimeSeries;
  readonly slots: readonly number[];
  readonly steps: readonly PlayedStep[];
  readonly forecasts: readonly ForecastResult[];
}

/** Whole decisions, guards and the measured load included; the rate of the last complete slot is what is measured. */
function playDecisions({ series, slots, steps, forecasts }: ForecastPlay, context: Context): number {
  const tickSeconds = tickOf(context.stepSeconds);
  let memory: DecisionMemory | undefined;
  return playPlan(steps, { world: context.world, tickSeconds }, (k, secondsIn, fleet) => {
    const startMs = slotStartMs(series, slots[k]);
    const nowMs = startMs + secondsIn * 1000;
    const before = series.values[slots[k] - 1];
    const decided = decide({
      observation: anObservation({
        observedAtMs: nowMs,
        arrivalRate: measured(Number.isNaN(before) ? steps[Math.max(0, k - 1)].rateRps : before, startMs),
        serviceRateRps: context.world.serviceRateRps,
        currentReplicas: fleet.replicas,
        readyReplicas: fleet.replicas - fleet.startingReplicas,
        startingReplicas: fleet.startingReplicas,
      }),
      forecast: forecasts[k],
      policy: context.policy,
      memory: memory ?? initialMemory(nowMs),
      nowMs,
      tickSeconds,
    });
    memory = decided.memory;
    // What runs at the beginning is what was asked for then: no start is played, and no limit on its way.
    if (fleet.replicas === 0) return decided.decision.sizing?.replicas ?? 1;
    return desiredReplicas(decided.decision);
  }).total;
}
