import { type Forecast, UPPER_INDEX } from '../domain/forecast.ts';
import type { SizingTrace } from '../domain/sizing.ts';
import { aheadOf, type RatedInput, sizingInputFor } from './rated-input.ts';
import { capacityRps, serviceModelFrom } from './service-model.ts';
import { sizedReplicas } from './size-replicas.ts';
import type { SizingInput } from './sizing-input.ts';
import { toldWhy, type ToldWhy, traceAt } from './sized-trace.ts';
import { isStanding, type Outlook, sightOf, type StandingAnswer } from './standing-answer.ts';
import { slotAtMs, stepsAhead } from './steps-ahead.ts';
import type { UncertainStep } from './window-loads.ts';

type Why = Pick<SizingInput, 'basis'> & ToldWhy;

export interface SizedAhead {
  readonly sized: SizingTrace;
  /** Of the steps that new replicas can serve, the one with the highest upper quantile. */
  readonly highest: UncertainStep;
}

/** Sized for the forecast's slots ahead; where a tick before has found the answer that still stands, not again. */
export function sizeAhead(input: RatedInput, forecast: Forecast, under: Why): SizedAhead {
  const { nowMs, policy } = input;
  const asked = outlookOf(input, forecast, under);
  const { sized, highestStep } = standingAnswer(input, asked) ?? sizeAnew(input, asked);
  const slot = asked.firstSlot + highestStep;
  return {
    sized: traceAt(sized, beginningsOf(asked, nowMs), toldWhy(policy, under)),
    highest: { atMs: slotAtMs(forecast, slot, nowMs), quantilesRps: forecast.quantilesRps[slot] },
  };
}

/** Holds on to no forecast: that may be one that was widened for this alone. */
function beginningsOf(
  { forecast: { originAtMs, stepSeconds }, firstSlot }: Outlook,
  nowMs: number,
): (step: number) => number {
  return (step) => slotAtMs({ originAtMs, stepSeconds }, firstSlot + step, nowMs);
}

function standingAnswer(input: RatedInput, asked: Outlook): StandingAnswer | undefined {
  return isSteady(input) ? input.knownNeeds?.standing(asked) : undefined;
}

/** Whether an answer may hold as time goes by. */
function isSteady({ observation: { backlogRequests }, dependencyLimit }: RatedInput): boolean {
  return backlogRequests === 0 && dependencyLimit === undefined;
}

function sizeAnew(input: RatedInput, asked: Outlook): StandingAnswer {
  const { forecast, basis, objectivePrice } = asked;
  const { window, horizon } = stepsAhead(forecast, aheadOf(input));
  const sized = sizedReplicas(sizingInputFor(input, { basis, objectivePrice, window, horizon }));
  const answer = { asked, sized, highestStep: highestServed(asked) };
  const answered = isSteady(input) ? input.knownNeeds?.newest(asked)?.answered : undefined;
  if (answered && isStanding(answered, asked, servingRps(input))) input.knownNeeds?.stand(answer);
  return answer;
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
function highestServed({ forecast, firstSlot, servedFrom, windowSteps }: Outlook): number {
  const upperRps = (step: number): number => forecast.quantilesRps[firstSlot + step][UPPER_INDEX];
  let highest = servedFrom;
  for (let step = servedFrom + 1; step < windowSteps; step += 1)
    if (upperRps(step) > upperRps(highest)) highest = step;
  return highest;
}
