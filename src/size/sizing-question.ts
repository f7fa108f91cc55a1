/** What a sizing's answer depends on: two that are asked the same have the same answer. */
import type { ObjectivePrice } from '../domain/objective-account.ts';
import type { DependencyLimit, SizingTrace } from '../domain/sizing.ts';
import type { TimedLoad } from './window-loads.ts';

/** What was found under others is forgotten; the policy is the same object or another policy. */
export interface SizedUnder {
  readonly basis: SizingTrace['basis'];
  readonly policy: object;
  readonly serviceRateRps: number;
  readonly objectivePrice?: ObjectivePrice | undefined;
}

/** All that an answer depends on besides policy, service rate and basis, where time itself does not matter. */
export interface Question extends PlanQuestion {
  /** Of each step of window and horizon: the same lists as long as nothing else is expected. */
  readonly ratesRps: readonly (readonly number[])[];
  readonly leadTimeSeconds: number;
  readonly dependencyLimit: DependencyLimit | undefined;
}

export interface PlanQuestion {
  readonly windowSteps: number;
  /** Number of the first step that new replicas can serve. */
  readonly servedFrom: number;
  readonly currentReplicas: number;
}

/** Whether the loads are the same ones in the same window, at whatever instants. */
export function isSameQuestion(
  a: Question,
  b: Omit<Question, 'ratesRps'>,
  loads: readonly TimedLoad[],
): boolean {
  return (
    a.windowSteps === b.windowSteps &&
    a.servedFrom === b.servedFrom &&
    a.leadTimeSeconds === b.leadTimeSeconds &&
    a.currentReplicas === b.currentReplicas &&
    isSameLimit(a.dependencyLimit, b.dependencyLimit) &&
    a.ratesRps.length === loads.length &&
    loads.every(({ ratesRps }, index) => isSameLoad(ratesRps, a.ratesRps[index]))
  );
}

/** A rate that is taken as certain is a new list each time. */
function isSameLoad(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === 1 && b.length === 1 && a[0] === b[0]);
}

function isSameLimit(a: DependencyLimit | undefined, b: DependencyLimit | undefined): boolean {
  return a?.name === b?.name && a?.mostReplicas === b?.mostReplicas;
}
