/**
 * One decision: size, then guard. A pure function of what is known at `nowMs`; the loop, the API's what-if and the
 * replay all call it, and none of them knows more about replicas than it answers.
 *
 * What the outcome says:
 *
 * | measured        | count after the guards | outcome | its reason                                                 |
 * | not a value     | any                    | abstain | the measurement's (StaleMetrics, EmptyMetrics, …)          |
 * | a value, but no service rate | any       | abstain | ServiceRateUnknown                                         |
 * | a value         | differs from current   | scale   | of the last guard that changed the count, else ReadyForNewScale   |
 * | a value         | is the current one     | hold    | of the last guard that changed the count, else DesiredWithinRange |
 *
 * Where no guard changed it and a dependency held the sizing back, that is the reason (DependencyLimit).
 * Pause, and a forecast that is worse than none (ForecastDrifted), count as changing the count whenever they hold. An abstained decision still asks for another count where what
 * runs is outside of minReplicas and maxReplicas, and only then (`asksForChange`).
 */
import { causedRps } from './domain/caller.ts';
import { MS_PER_SECOND } from './domain/clock.ts';
import type { Decision, DecisionMemory, GuardStep, Outcome } from './domain/decision.ts';
import type { Forecast, ForecastResult } from './domain/forecast.ts';
import type { ObjectiveAccount, ObjectivePrice } from './domain/objective-account.ts';
import type { Observation } from './domain/observation.ts';
import type { Reason } from './domain/reasons.ts';
import type { DependencyLimit, SizingTrace } from './domain/sizing.ts';
import { trustIn } from './guard/forecast-trust.ts';
import { runGuards } from './guard/guard-chain.ts';
import { recall, remember } from './guard/memory.ts';
import { toleratedReplicas } from './guard/tolerance.ts';
import type { Policy } from './policy/policy.ts';
import { startupTime, withStartup } from './policy/startup-time.ts';
import { tightestDependency } from './size/dependency-limit.ts';
import { capacityRps, serviceModelFrom } from './size/service-model.ts';
import { backlogAfter } from './size/fluid-backlog.ts';
import { isKnownToNeedFewer, type KnownNeeds } from './size/known-needs.ts';
import { accountAfter, objectivePriceOf } from './size/objective-price.ts';
import { pricesOf } from './size/prices.ts';
import { stepsAhead } from './size/steps-ahead.ts';
import { raisedBy, type Rows, surgeOver } from './size/surge.ts';
import { sizeReplicas, type SizingInput } from './size/size-replicas.ts';

/** Loads go up and down by about so much from tick to tick. */
const MEASURED_HEADROOM = 1.1;

/** What a workload that nobody has decided for yet starts with. */
export { initialMemory } from './guard/memory.ts';

export interface DecideInput {
  readonly observation: Observation;
  readonly forecast: ForecastResult;
  readonly policy: Policy;
  /** As the decision before returned it; `initialMemory(nowMs)` where there is none. */
  readonly memory: DecisionMemory;
  /** Whole milliseconds since the epoch. */
  readonly nowMs: number;
  /** Seconds until the next decision. */
  readonly tickSeconds: number;
  /** Of the decisions before about this workload: saves time, changes no answer. */
  readonly knownNeeds?: KnownNeeds | undefined;
  /** The decision before about this workload, where it is at hand: what stays the same is the same object. */
  readonly previous?: Decision | undefined;
  /** What HPA would ask for now, where somebody counts it: told in the Decision, and changes nothing else. */
  readonly hpaReplicas?: number | undefined;
}

export interface Decided {
  readonly decision: Decision;
  /** For the next decision about this workload. */
  readonly memory: DecisionMemory;
}

/** Judges one workload. Deterministic; never throws on any measurement, forecast or memory of the right form. */
export function decide(asked: DecideInput): Decided {
  const { learnedStartup, currentReplicas } = asked.observation;
  const policy = withStartup(asked.policy, learnedStartup);
  // Copies of large objects are what most of a tick in which nothing happens would be spent on: none is made in vain.
  const input = policy === asked.policy ? asked : { ...asked, policy };
  const { forecast, nowMs, tickSeconds } = input;
  const memory = recall(input.memory, { nowMs, tickSeconds, currentReplicas, policy });
  const observation = withBacklog(input.observation, backlogNow(input, memory));
  const dependencyLimit = dependencyLimitOf(observation, policy, memory);
  const account = accountNow({ observation, policy, nowMs }, memory);
  const { knownNeeds } = input;
  const sizing = sizingFor({
    observation,
    forecast,
    policy,
    nowMs,
    tickSeconds,
    knownNeeds,
    dependencyLimit,
    account,
  });
  const startReplicas = sizing?.replicas ?? currentReplicas;
  const guarded = { observation, forecast, policy, memory, dependencyLimit, nowMs };
  const guards = runGuards(guarded, startReplicas, input.previous?.guards);
  const desiredReplicas = guards.at(-1)?.afterReplicas ?? startReplicas;
  const decision: Decision = {
    workload: observation.workload,
    policyHash: policy.policyHash,
    decidedAtMs: nowMs,
    tickSeconds,
    startup: startupTime(policy, learnedStartup),
    slo: { responseSeconds: policy.slo.responseSeconds, objectiveRatio: policy.slo.objectiveRatio },
    observed: observation,
    memory: input.memory,
    forecast,
    ...(input.hpaReplicas !== undefined && { hpaReplicas: input.hpaReplicas }),
    ...(sizing && { sizing }),
    guards,
    outcome: outcomeOf(observation, sizing, guards),
  };
  const recommendedReplicas = toleratedReplicas(startReplicas, currentReplicas, policy.behavior);
  const { backlogRequests } = observation;
  const servingReplicas = servingReplicasOf(observation, policy);
  const decided = {
    recommendedReplicas,
    desiredReplicas,
    currentReplicas,
    backlogRequests,
    servingReplicas,
    account,
  };
  return { decision, memory: remember(memory, decided, nowMs) };
}

/** Decides again from what a Decision stores; under the same policy the answer is the very same Decision. */
export function redecide(decision: Decision, policy: Policy): Decision {
  const { observed: observation, forecast, memory, decidedAtMs: nowMs, tickSeconds, hpaReplicas } = decision;
  return decide({ observation, forecast, policy, memory, nowMs, tickSeconds, hpaReplicas }).decision;
}

function dependencyLimitOf(
  observation: Observation,
  { dependencies, forecast: { stepSeconds } }: Policy,
  { served }: DecisionMemory,
): DependencyLimit | undefined {
  return tightestDependency(dependencies, { observation, served, stepSeconds });
}

/** For the memory; undefined where no dependency is asked for its room. */
function servingReplicasOf(
  { readyReplicas, currentReplicas }: Observation,
  { dependencies }: Policy,
): number | undefined {
  const isAsked = dependencies.some(({ query }) => query !== null);
  return isAsked ? Math.min(readyReplicas, currentReplicas) : undefined;
}

function withBacklog(observation: Observation, backlogRequests: number): Observation {
  return backlogRequests === observation.backlogRequests ? observation : { ...observation, backlogRequests };
}

/** What a sizing may know beside the question itself. */
interface SizeInput extends Pick<
  DecideInput,
  'observation' | 'forecast' | 'policy' | 'nowMs' | 'tickSeconds' | 'knownNeeds'
> {
  readonly dependencyLimit: DependencyLimit | undefined;
  readonly account: ObjectiveAccount | undefined;
}

/** With what a server does, without which there is no sizing. */
interface RatedInput extends SizeInput {
  readonly serviceRateRps: number;
}

/**
 * The count for the forecast, where there is one to trust, and for the measured load; the larger of the two. What is
 * measured is there already, and so is what its callers are asked for: no forecast may serve less. Undefined where
 * nothing was measured, or no service rate is known.
 */
function sizingFor(asked: SizeInput): SizingTrace | undefined {
  const { observation, forecast, policy, nowMs } = asked;
  const { arrivalRate, serviceRateRps } = observation;
  if (arrivalRate.kind !== 'value' || serviceRateRps === null) return undefined;
  const input: RatedInput = {
    observation,
    forecast,
    policy,
    nowMs,
    tickSeconds: asked.tickSeconds,
    knownNeeds: asked.knownNeeds,
    dependencyLimit: asked.dependencyLimit,
    account: asked.account,
    serviceRateRps,
  };
  const rateRps = Math.max(arrivalRate.value, causedRps(observation.callers ?? []));
  const trust = trustIn(forecast, policy, nowMs);
  if (trust.kind === 'untrusted') return sizeForMeasured(input, rateRps);
  const predicted = sizeForForecast(input, trust.forecast);
  if (isMeasuredLess(input, rateRps, predicted)) return predicted;
  const measured = sizeForMeasured(input, rateRps);
  const byMeasured = measured.replicas - predicted.replicas;
  const isHeldAlone = measured.dependency !== undefined && predicted.dependency === undefined;
  return byMeasured > 0 || (byMeasured === 0 && isHeldAlone) ? measured : predicted;
}

function raisedRows(rowsRps: Rows, addedRps: number, knownNeeds: KnownNeeds | undefined): Rows {
  return knownNeeds ? knownNeeds.raised(rowsRps, addedRps) : raisedBy(rowsRps, addedRps);
}

/** A measurement that is newer than the forecast, and above it, raises it. */
function sizeForForecast(input: RatedInput, forecast: Forecast): SizingTrace {
  const { observation, knownNeeds, serviceRateRps, nowMs } = input;
  const surge = surgeOver(forecast, observation.arrivalRate);
  const { quantilesRps } = forecast;
  const rowsRps = surge ? raisedRows(quantilesRps, surge.addedRps, knownNeeds) : quantilesRps;
  const { window, horizon } = stepsAhead(forecast, rowsRps, {
    nowMs,
    leadTimeSeconds: leadTimeSeconds(input),
  });
  const objectivePrice = objectivePriceFor(input, serviceRateRps);
  const sized = sizeFor(input, { basis: 'forecast', objectivePrice, window, horizon });
  return surge === undefined ? sized : { ...sized, surge };
}

/**
 * Whether what is measured needs no more than `replicas`, without sizing it at each tick: more load never needs less, so
 * what is sized is a little more than was measured, and the answer holds for as long as no more than that is measured.
 */
function isMeasuredLess(input: RatedInput, rateRps: number, { replicas }: SizingTrace): boolean {
  const { policy, serviceRateRps, dependencyLimit, knownNeeds } = input;
  if (dependencyLimit !== undefined || serviceModelFrom(policy, serviceRateRps).scalability) return false;
  const waitingRps = input.observation.backlogRequests / policy.forecast.stepSeconds;
  const known = { policy, serviceRateRps, rateRps: rateRps + waitingRps, replicas: replicas + 1 };
  if (isKnownToNeedFewer(known, knownNeeds)) return true;
  return knownNeeds !== undefined && sizeForMeasured(input, MEASURED_HEADROOM * rateRps).replicas <= replicas;
}

/** One rate, taken as certain: no price weighs it. */
function sizeForMeasured(input: RatedInput, rateRps: number): SizingTrace {
  return sizeFor(input, { basis: 'measured', window: [{ atMs: input.nowMs, rateRps }] });
}

function sizeFor(
  input: RatedInput,
  ahead: Pick<SizingInput, 'basis' | 'window' | 'horizon' | 'objectivePrice'>,
): SizingTrace {
  const { observation, policy } = input;
  const { currentReplicas, startingReplicas, backlogRequests } = observation;
  // Field by field: a copy of an object of another shape is several times as dear, and this is asked at every tick.
  return sizeReplicas({
    basis: ahead.basis,
    window: ahead.window,
    horizon: ahead.horizon,
    objectivePrice: ahead.objectivePrice,
    policy,
    leadTimeSeconds: leadTimeSeconds(input),
    serviceRateRps: input.serviceRateRps,
    currentReplicas,
    startingReplicas,
    backlogRequests,
    dependencyLimit: input.dependencyLimit,
    knownNeeds: input.knownNeeds,
  });
}

/** The price that the objective makes where the policy gives none: one for all that is sized at this instant. */
function objectivePriceFor(
  { policy, account }: SizeInput,
  serviceRateRps: number,
): ObjectivePrice | undefined {
  if (pricesOf(policy.cost) !== undefined) return undefined;
  return objectivePriceOf(account, serviceModelFrom(policy, serviceRateRps), policy.slo);
}

/** A replica that is asked for at the next tick at the latest, and then has to start. */
function leadTimeSeconds({ policy, tickSeconds }: Pick<DecideInput, 'policy' | 'tickSeconds'>): number {
  return policy.capacity.startupSeconds + tickSeconds;
}

type LookedAt = Pick<DecideInput, 'observation' | 'policy' | 'nowMs'>;

/**
 * Requests that wait now: the backlog of the last decision, with what has arrived and what could be served since.
 * While nothing is measured it stays as it was. Nobody waits longer than the clients' patience, nor beyond the limit
 * of the replicas' queues. Where the observation brings a larger figure (a what-if), that one is believed.
 */
function backlogNow({ observation, policy, nowMs }: LookedAt, memory: DecisionMemory): number {
  const { arrivalRate, readyReplicas, serviceRateRps } = observation;
  if (arrivalRate.kind !== 'value' || serviceRateRps === null)
    return Math.max(observation.backlogRequests, memory.backlogRequests);
  const waiting = backlogAfter(memory.backlogRequests, {
    arrivalRateRps: arrivalRate.value,
    capacityRps: capacityRps(serviceModelFrom(policy, serviceRateRps), readyReplicas),
    seconds: (nowMs - memory.backlogAtMs) / MS_PER_SECOND,
  });
  const { queueLimitRequests } = policy.capacity;
  const { patienceSeconds } = policy.slo;
  const patient = patienceSeconds === null ? Infinity : arrivalRate.value * patienceSeconds;
  const room = queueLimitRequests === null ? Infinity : readyReplicas * queueLimitRequests;
  return Math.max(observation.backlogRequests, Math.min(waiting, patient, room));
}

/**
 * What the objective allows and how much of it is used, where it is what decides: with what was served since the last
 * decision. While nothing is measured it stays as it was.
 */
function accountNow(
  { observation, policy, nowMs }: LookedAt,
  memory: DecisionMemory,
): ObjectiveAccount | undefined {
  const { arrivalRate, serviceRateRps } = observation;
  if (pricesOf(policy.cost) !== undefined) return undefined;
  if (arrivalRate.kind !== 'value' || serviceRateRps === null) return memory.account;
  const { readyReplicas, currentReplicas, backlogRequests } = observation;
  return accountAfter(memory.account, {
    readyReplicas,
    currentReplicas,
    backlogRequests,
    model: serviceModelFrom(policy, serviceRateRps),
    slo: policy.slo,
    arrivalRateRps: arrivalRate.value,
    elapsedMs: nowMs - memory.backlogAtMs,
  });
}

function outcomeOf(
  { arrivalRate, serviceRateRps, currentReplicas }: Observation,
  sizing: SizingTrace | undefined,
  guards: readonly GuardStep[],
): Outcome {
  if (arrivalRate.kind !== 'value' || serviceRateRps === null)
    return { kind: 'abstain', reason: guards[0].reason };
  const reason = decisiveReason(sizing, guards);
  const toReplicas = guards.at(-1)?.afterReplicas ?? currentReplicas;
  return toReplicas === currentReplicas
    ? { kind: 'hold', reason: reason ?? 'DesiredWithinRange' }
    : { kind: 'scale', toReplicas, reason: reason ?? 'ReadyForNewScale' };
}

/** Of the last guard that changed the count, or took the forecast away; else, where a dependency held the sizing back, that. */
function decisiveReason(sizing: SizingTrace | undefined, guards: readonly GuardStep[]): Reason | undefined {
  const decisive = guards.findLast(
    ({ beforeReplicas, afterReplicas, reason }) =>
      beforeReplicas !== afterReplicas || reason === 'Paused' || reason === 'ForecastDrifted',
  );
  return decisive?.reason ?? (sizing?.dependency && 'DependencyLimit');
}
