import type { Forecast } from '../domain/forecast.ts';
import type { ObjectiveAccount } from '../domain/objective-account.ts';
import type { Observation } from '../domain/observation.ts';
import type { OvershootRecord } from '../domain/overshoot.ts';
import type { DependencyLimit, SizingTrace } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';
import type { KnownNeeds } from './known-needs.ts';
import { sizeReplicas, type SizingInput } from './size-replicas.ts';
import type { Ahead } from './steps-ahead.ts';

/** What the count for an observed workload is found from. */
export interface SizeInput {
  readonly observation: Observation;
  /** undefined where there is none to trust: then the measured load is sized. */
  readonly trusted: Forecast | undefined;
  readonly policy: Policy;
  readonly nowMs: number;
  /** Seconds until it is sized again. */
  readonly tickSeconds: number;
  readonly knownNeeds: KnownNeeds | undefined;
  readonly dependencyLimit: DependencyLimit | undefined;
  readonly account: ObjectiveAccount | undefined;
  readonly overshoot: OvershootRecord | undefined;
}

/** With what a server does, without which there is no sizing. */
export interface RatedInput extends SizeInput {
  readonly serviceRateRps: number;
}

/** What is sized for, and why. */
type SizedFor = Pick<SizingInput, 'basis' | 'window' | 'horizon' | 'objectivePrice' | 'overshoot'>;

/** Sizes for it. */
export function sizeFor(input: RatedInput, ahead: SizedFor, backlogRequests?: number): SizingTrace {
  return sizeReplicas(sizingInputFor(input, ahead, backlogRequests));
}

/** The question that sizing is asked. */
export function sizingInputFor(
  input: RatedInput,
  ahead: SizedFor,
  backlogRequests = input.observation.backlogRequests,
): SizingInput {
  const { observation, policy } = input;
  const { currentReplicas, startingReplicas } = observation;
  // Field by field: a copy of an object of another shape is several times as dear, and this is asked at every tick.
  return {
    basis: ahead.basis,
    window: ahead.window,
    horizon: ahead.horizon,
    objectivePrice: ahead.objectivePrice,
    overshoot: ahead.overshoot,
    policy,
    leadTimeSeconds: leadTimeSeconds(input),
    serviceRateRps: input.serviceRateRps,
    currentReplicas,
    startingReplicas,
    backlogRequests,
    dependencyLimit: input.dependencyLimit,
    knownNeeds: input.knownNeeds,
  };
}

export function aheadOf(input: Pick<SizeInput, 'policy' | 'nowMs' | 'tickSeconds'>): Ahead {
  return { nowMs: input.nowMs, leadTimeSeconds: leadTimeSeconds(input) };
}

/** A replica that is asked for at the next tick at the latest, and then has to start. */
export function leadTimeSeconds({ policy, tickSeconds }: Pick<SizeInput, 'policy' | 'tickSeconds'>): number {
  return policy.capacity.startupSeconds + tickSeconds;
}
