import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Forecast, ForecastResult } from '../domain/forecast.ts';
import { worseThanNaive } from '../domain/forecast-accuracy.ts';
import type { Policy } from '../policy/policy.ts';
import { type Guard, type GuardInput, neverRemove, pass } from './guard.ts';

export type Trust =
  | { readonly kind: 'trusted'; readonly forecast: Forecast }
  | {
      readonly kind: 'untrusted';
      readonly reason: 'ForecastUnavailable' | 'LowConfidence' | 'ForecastDrifted';
      readonly why: string;
    };

/**
 * Whether the forecast may be sized for: there is one, one of its slots is now, and its own past gives it at least
 * `forecast.minConfidenceRatio`, and "all stays as it is" would not have been the better forecast lately. Asked by `decide` before sizing and by the guard after it.
 */
export function trustIn(forecast: ForecastResult, policy: Policy, nowMs: number): Trust {
  if (forecast.kind === 'unavailable') {
    const tried = forecast.skipped.map((skip) => `${skip.model} ${skip.reason}`).join(', ');
    const why = `no model gave a forecast${tried === '' ? '' : ` (${tried})`}`;
    return { kind: 'untrusted', reason: 'ForecastUnavailable', why };
  }
  if (!covers(forecast, nowMs))
    return { kind: 'untrusted', reason: 'ForecastUnavailable', why: 'the forecast does not cover now' };
  const worse = forecast.accuracy && worseThanNaive(forecast.accuracy);
  if (worse !== undefined) return { kind: 'untrusted', reason: 'ForecastDrifted', why: worse };
  const { minConfidenceRatio } = policy.forecast;
  if (forecast.confidenceRatio >= minConfidenceRatio) return { kind: 'trusted', forecast };
  const why = `confidence ${forecast.confidenceRatio.toFixed(2)} of ${forecast.model} is below ${minConfidenceRatio}`;
  return { kind: 'untrusted', reason: 'LowConfidence', why };
}

function covers({ originAtMs, stepSeconds, quantilesRps }: Forecast, nowMs: number): boolean {
  const endsAtMs = originAtMs + quantilesRps.length * stepSeconds * MS_PER_SECOND;
  return originAtMs <= nowMs && nowMs < endsAtMs;
}

/** After an abrupt change nothing is removed for so long: where an outage upstream ends, the retries come at once. */
const CHANGE_HOLDS_SECONDS = 600;

function changeOf({ forecast, nowMs }: GuardInput): string | undefined {
  if (forecast.kind === 'unavailable' || forecast.change === undefined) return undefined;
  const { atMs, direction } = forecast.change;
  const sinceSeconds = Math.round((nowMs - atMs) / MS_PER_SECOND);
  if (sinceSeconds > CHANGE_HOLDS_SECONDS) return undefined;
  return `the load went ${direction} at once, ${sinceSeconds} s ago`;
}

/**
 * Without a forecast to trust, sizing has used the measured load alone. More replicas pass: waiting for confidence
 * in the middle of a flash crowd would be the worst of answers. Fewer do not: the measured load says nothing about
 * the minutes that a removed replica would take to come back. Where it has been seen to say more about them than the
 * forecast does, it decides alone, and fewer pass too: what the forecast would keep is dear and of no use.
 */
export const forecastTrust: Guard = {
  name: 'forecast-trust',
  judge(input, beforeReplicas) {
    const trust = trustIn(input.forecast, input.policy, input.nowMs);
    const changed =
      trust.kind === 'trusted' || trust.reason === 'ForecastDrifted' ? changeOf(input) : undefined;
    if (changed !== undefined) return neverRemove(input, beforeReplicas, 'LoadChanged', changed);
    if (trust.kind === 'untrusted' && trust.reason === 'ForecastDrifted')
      return pass(beforeReplicas, trust.reason, `${trust.why}; the measured load decides`);
    if (trust.kind === 'untrusted') return neverRemove(input, beforeReplicas, trust.reason, trust.why);
    const { model, confidenceRatio } = trust.forecast;
    return pass(beforeReplicas, 'ReadyForNewScale', `${model}, confidence ${confidenceRatio.toFixed(2)}`);
  },
};
