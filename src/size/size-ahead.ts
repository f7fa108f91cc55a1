import { type Forecast, UPPER_INDEX } from '../domain/forecast.ts';
import type { SizingTrace } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';
import { firstServedStep } from './planned-replicas.ts';
import { aheadOf, type RatedInput, sizeFor } from './rated-input.ts';
import { capacityRps, serviceModelFrom } from './service-model.ts';
import type { SizingInput } from './sizing-input.ts';
import { toldWhy, type ToldWhy, traceAt } from './sized-trace.ts';
import { isStanding, type Outlook, sightOf } from './standing-answer.ts';
import { slotAtMs, stepsAhead } from './steps-ahead.ts';
import type { UncertainStep } from './window-loads.ts';

type Why = Pick<SizingInput, 'basis'> & ToldWhy;

export interface SizedAhead {
  readonly sized: SizingTrace;
  /** Of the steps that new replicas can serve, the one with the highest upper quantile. */
  readonly highest: UncertainStep;
  /** Its number in the window. */
  readonly highestStep: number;
}

/** Sized for the forecast's slots ahead; where a tick before has found the answer that still stands, not again. */
export function sizeAhead(input: RatedInput, forecast: Forecast, under: Why): SizedAhead {
  const { nowMs, policy, knownNeeds, dependencyLimit } = input;
  if (knownNeeds === undefined || dependencyLimit !== undefined) return sizeAnew(input, forecast, under);
  const asked = outlookOf(input, forecast, under);
  const { backlogRequests } = input.observation;
  const standing = backlogRequests === 0 ? knownNeeds.standing(asked) : undefined;
  if (standing) {
    const { highestStep } = standing;
    const { firstSlot } = asked;
    const slot = firstSlot + highestStep;
    const beginsAtMs = (step: number): number => slotAtMs(forecast, firstSlot + step, nowMs);
    return {
      sized: traceAt(standing.sized, beginsAtMs, toldWhy(policy, under)),
      highest: { atMs: slotAtMs(forecast, slot, nowMs), quantilesRps: forecast.quantilesRps[slot] },
      highestStep,
    };
  }
  const anew = sizeAnew(input, forecast, under);
  const { answered } = knownNeeds.newest(asked) ?? {};
  if (answered && backlogRequests === 0 && isStanding(answered, asked, servingRps(input)))
    knownNeeds.stand({ asked, sized: answered.sized, highestStep: anew.highestStep });
  return anew;
}

function sizeAnew(input: RatedInput, forecast: Forecast, under: Why): SizedAhead {
  const { window, horizon } = stepsAhead(forecast, aheadOf(input));
  const highest = highestServed(window, input.policy);
  return {
    sized: sizeFor(input, { ...under, window, horizon }),
    highest,
    highestStep: window.indexOf(highest),
  };
}

function outlookOf(input: RatedInput, forecast: Forecast, { objectivePrice }: Why): Outlook {
  const { policy, serviceRateRps } = input;
  const { currentReplicas, startingReplicas } = input.observation;
  const ahead = aheadOf(input);
  const { firstSlot, windowSteps, servedFrom } = sightOf(forecast, ahead, policy.capacity.startupSeconds);
  return {
    basis: 'forecast',
    forecast,
    firstSlot,
    windowSteps,
    servedFrom,
    leadTimeSeconds: ahead.leadTimeSeconds,
    currentReplicas,
    startingReplicas,
    policy,
    serviceRateRps,
    objectivePrice,
  };
}

/** What is served for certain until more can be: by those who serve now, or by fewer who get less into each other's way. */
function servingRps({ observation, policy, serviceRateRps }: RatedInput): number {
  const { currentReplicas, startingReplicas } = observation;
  const model = serviceModelFrom(policy, serviceRateRps);
  return Math.min(
    capacityRps(model, currentReplicas - startingReplicas),
    capacityRps(model, currentReplicas),
  );
}

/** Of the steps that replicas asked for now can serve, the one with the highest upper quantile: the others need no more. */
function highestServed(window: readonly UncertainStep[], policy: Policy): UncertainStep {
  const first = firstServedStep({ window, policy });
  let highest = window[first];
  for (let step = first + 1; step < window.length; step += 1)
    if (upperRps(window[step]) > upperRps(highest)) highest = window[step];
  return highest;
}

function upperRps({ quantilesRps }: UncertainStep): number {
  return quantilesRps[UPPER_INDEX];
}
