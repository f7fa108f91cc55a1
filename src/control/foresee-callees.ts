import { causedRps, type CallerReading } from '../domain/caller.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Forecast } from '../domain/forecast.ts';
import { workloadKey } from '../domain/workload.ts';
import { callDepths } from '../coordinate/call-graph.ts';
import { withCallers } from '../coordinate/caused-load.ts';
import { callersOf, callNodeOf } from './callers-of.ts';
import type { Foreseen } from './kept-forecast.ts';

/**
 * What callers are asked for, and what is expected of them, told to those that they call, from the front to the back. A
 * caller that nobody looks after, or that was not seen at this tick, is one that nothing is known of.
 */
export function foreseeCallees(foreseen: readonly Foreseen[]): readonly Foreseen[] {
  if (!foreseen.some(({ member }) => member.policy.callers)) return foreseen;
  const byKey = new Map(foreseen.map((one) => [keyOf(one), one]));
  const nodes = foreseen.map(({ member }) => callNodeOf(member.policy));
  for (const key of callDepths(nodes).keys()) {
    const one = byKey.get(key)!;
    if (one.member.policy.callers) byKey.set(key, told(one, byKey));
  }
  return foreseen.map((one) => byKey.get(keyOf(one))!);
}

function told(one: Foreseen, byKey: ReadonlyMap<string, Foreseen>): Foreseen {
  const { policy } = one.member;
  const { observation } = one;
  const known = (policy.callers ?? []).map((caller, index) => ({
    ...caller,
    seen: byKey.get(callersOf(policy)[index]),
  }));
  const callers = known.map(({ name, ratio, seen }): CallerReading => ({
    name,
    ratio,
    arrivalRateRps: seen ? askedRps(seen) : null,
  }));
  const forecast = withCallers(
    {
      forecast: one.forecast,
      minConfidenceRatio: policy.forecast.minConfidenceRatio,
      otherRps: Math.max(0, (measuredRps(one) ?? 0) - causedRps(callers)),
    },
    known.map(({ name, ratio, seen }) => ({ name, ratio, forecast: seen && trustedOf(seen) })),
  );
  return { ...one, observation: { ...observation, callers }, forecast };
}

/** With what its own callers are asked for already. */
function askedRps(one: Foreseen): number | null {
  const measured = measuredRps(one);
  return measured === null ? null : Math.max(measured, causedRps(one.observation.callers ?? []));
}

function measuredRps({ observation: { arrivalRate } }: Foreseen): number | null {
  return arrivalRate.kind === 'value' ? arrivalRate.value : null;
}

function trustedOf({ forecast, member, observation }: Foreseen): Forecast | undefined {
  const isTrusted =
    forecast.kind === 'forecast' &&
    forecast.confidenceRatio >= member.policy.forecast.minConfidenceRatio &&
    covers(forecast, observation.observedAtMs);
  return isTrusted ? forecast : undefined;
}

function covers({ originAtMs, stepSeconds, meanRps }: Forecast, nowMs: number): boolean {
  return originAtMs <= nowMs && nowMs < originAtMs + meanRps.length * stepSeconds * MS_PER_SECOND;
}

function keyOf({ member }: Foreseen): string {
  return workloadKey(member.policy.workload);
}
