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
import { MS_PER_SECOND } from './domain/clock.ts';
import type { Decision, DecisionMemory, GuardStep, Outcome } from './domain/decision.ts';
import type { Forecast, ForecastResult } from './domain/forecast.ts';
import type { ObjectiveAccount } from './domain/objective-account.ts';
import type { Observation } from './domain/observation.ts';
import type { Mutable } from './domain/mutable.ts';
import type { OvershootRecord } from './domain/overshoot.ts';
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
import { mostWaiting, waitingAfter } from './size/fluid-backlog.ts';
import type { KnownNeeds } from './size/known-needs.ts';
import { accountAfter } from './size/objective-price.ts';
import { pricesOf } from './size/prices.ts';
import { expecting, overshootAfter } from './size/overshoot-record.ts';
import { leadTimeSeconds } from './size/rated-input.ts';
import { expectationOf, sizeObservation } from './size/size-observation.ts';

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
  const now = { observation, policy, nowMs, tickSeconds };
  const account = accountNow(now, memory);
  const { knownNeeds } = input;
  const trust = trustIn(forecast, policy, nowMs);
  const trusted = trust.kind === 'trusted' ? trust.forecast : undefined;
  const came = overshootNow(now, memory);
  const sizing = sizeObservation({
    observation,
    trusted,
    policy,
    nowMs,
    tickSeconds,
    knownNeeds,
    dependencyLimit,
    account,
    overshoot: came,
  });
  const startReplicas = sizing?.replicas ?? currentReplicas;
  const guarded = { observation, forecast, policy, memory, dependencyLimit, nowMs };
  const guards = runGuards(guarded, startReplicas, input.previous?.guards);
  const desiredReplicas = guards.at(-1)?.afterReplicas ?? startReplicas;
  const decision = {
    workload: observation.workload,
    policyHash: policy.policyHash,
    decidedAtMs: nowMs,
    tickSeconds,
    startup: startupTime(policy, learnedStartup),
    slo: { responseSeconds: policy.slo.responseSeconds, objectiveRatio: policy.slo.objectiveRatio },
    observed: observation,
    memory: input.memory,
    forecast,
  } as Mutable<Decision>;
  if (input.hpaReplicas !== undefined) decision.hpaReplicas = input.hpaReplicas;
  if (sizing) decision.sizing = sizing;
  decision.guards = guards;
  decision.outcome = outcomeOf(observation, sizing, guards);
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
    overshoot: overshootNext(came, now, trusted),
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

type LookedAt = Pick<DecideInput, 'observation' | 'policy' | 'nowMs'>;

/**
 * Requests that wait now: the backlog of the last decision, with what has arrived and what could be served since.
 * While nothing is measured it stays as it was. Where the observation brings a larger figure (a what-if), that one is believed.
 */
function backlogNow({ observation, policy, nowMs }: LookedAt, memory: DecisionMemory): number {
  const { arrivalRate, readyReplicas, serviceRateRps } = observation;
  if (arrivalRate.kind !== 'value' || serviceRateRps === null)
    return Math.max(observation.backlogRequests, memory.backlogRequests);
  const waiting = waitingAfter(memory.backlogRequests, {
    arrivalRateRps: arrivalRate.value,
    capacityRps: capacityRps(serviceModelFrom(policy, serviceRateRps), readyReplicas),
    seconds: (nowMs - memory.backlogAtMs) / MS_PER_SECOND,
  });
  const most = mostWaiting(policy, { arrivalRateRps: arrivalRate.value, replicas: readyReplicas });
  return Math.max(observation.backlogRequests, Math.min(waiting, most));
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

type Ahead = LookedAt & Pick<DecideInput, 'tickSeconds'>;

/** With what has become of the expectations that are due. */
function overshootNow(ahead: Ahead, { overshoot }: DecisionMemory): OvershootRecord | undefined {
  const { observation, nowMs } = ahead;
  if (observation.arrivalRate.kind !== 'value') return overshoot;
  const measuredRps = observation.arrivalRate.value;
  return overshootAfter(overshoot, { measuredRps, nowMs, leadTimeSeconds: leadTimeSeconds(ahead) });
}

/** With what is expected of the load one lead time from now. */
function overshootNext(
  came: OvershootRecord | undefined,
  ahead: Ahead,
  trusted: Forecast | undefined,
): OvershootRecord | undefined {
  const { arrivalRate } = ahead.observation;
  if (trusted === undefined || arrivalRate.kind !== 'value') return came;
  const when = { nowMs: ahead.nowMs, leadTimeSeconds: leadTimeSeconds(ahead) };
  return expecting(came, when, () => expectationOf(trusted, arrivalRate, ahead));
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
