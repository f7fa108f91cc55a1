import { describe, expect, test } from 'vitest';
import { type Forecast, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { createKnownNeeds } from '../../../src/size/known-needs.ts';
import { firstServedStep } from '../../../src/size/planned-replicas.ts';
import { isStanding, type Outlook, sightOf, type StandingAnswer } from '../../../src/size/standing-answer.ts';
import { stepsAhead } from '../../../src/size/steps-ahead.ts';
import { decide } from '../../../src/decide.ts';
import { aDecideInput } from '../../builders/decision.ts';
import { aForecast } from '../../builders/forecast.ts';
import { NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

const policy = aPolicy({ capacity: { startupSeconds: 90 } });
const forecast = aForecast(1000);

test('the slots that are counted are those that are listed, at every second of a forecast', () => {
  for (let second = 0; second < 15 * 60; second += 1) {
    const ahead = { nowMs: NOW_MS + 1000 * second, leadTimeSeconds: 105 };
    const { window, horizon } = stepsAhead(forecast, ahead);
    expect(sightOf(forecast, ahead, 90)).toEqual({
      firstSlot: forecast.quantilesRps.length - window.length - horizon.length,
      windowSteps: window.length,
      servedFrom: firstServedStep({ window, policy }),
    });
  }
});

const outlook: Outlook = {
  basis: 'forecast',
  forecast,
  firstSlot: 0,
  windowSteps: 3,
  servedFrom: 1,
  leadTimeSeconds: 105,
  currentReplicas: 12,
  startingReplicas: 0,
  policy,
  serviceRateRps: 100,
};

function answerTo(asked: Outlook): StandingAnswer {
  const knownNeeds = createKnownNeeds();
  decide(aDecideInput({ forecast, policy, knownNeeds }));
  const { answered } = knownNeeds.newest({ ...asked, policy, serviceRateRps: rateOf() })!;
  return { asked, sized: answered!.sized, highestStep: 1 };
}

function rateOf(): number {
  return aDecideInput({}).observation.serviceRateRps!;
}

describe('an answer stands until something else is asked', () => {
  const knownNeeds = createKnownNeeds();
  const answer = answerTo(outlook);
  knownNeeds.stand(answer);

  test('the same', () => {
    expect(knownNeeds.standing({ ...outlook })).toBe(answer);
  });

  test.each<[string, Partial<Outlook>]>([
    ['a newer forecast', { forecast: aForecast(1000) }],
    ['a slot has gone by', { firstSlot: 1 }],
    ['one slot more lies in the window', { windowSteps: 4 }],
    ['new replicas come too late for one slot more', { servedFrom: 2 }],
    ['another lead time', { leadTimeSeconds: 120 }],
    ['another count', { currentReplicas: 13 }],
    ['replicas that start', { startingReplicas: 1 }],
    ['another policy', { policy: aPolicy({}) }],
    ['another service rate', { serviceRateRps: 99 }],
    [
      'another price of the objective',
      {
        objectivePrice: { replicaSeconds: 2, avoidablyLateRatio: 0, allowedRatio: 0.01, accountSeconds: 0 },
      },
    ],
  ])('%s', (_, other) => {
    expect(knownNeeds.standing({ ...outlook, ...other })).toBeUndefined();
  });
});

describe('an answer is left standing where time alone changes nothing', () => {
  const rising: Forecast = aForecast([100, 100, 100, 300, 300, ...Array<number>(10).fill(100)]);
  const asked = { ...outlook, forecast: rising };
  const questionOf = (ratesRps: readonly (readonly number[])[]) => {
    const { sized } = answerTo(outlook);
    const { windowSteps, servedFrom, leadTimeSeconds, currentReplicas } = outlook;
    const question = { windowSteps, servedFrom, leadTimeSeconds, currentReplicas };
    return { question: { ...question, ratesRps, dependencyLimit: undefined }, sized };
  };
  const shifted = rising.quantilesRps.with(
    1,
    QUANTILE_LEVELS.map(() => 101),
  );

  test.each<[string, readonly (readonly number[])[], number, boolean]>([
    ['who serves carries the window', rising.quantilesRps, 110, true],
    ['a step of the window overloads them', rising.quantilesRps, 90, false],
    ['what waits has been added to a step', shifted, 110, false],
  ])('%s', (_, ratesRps, readyRps, isLeft) => {
    expect(isStanding(questionOf(ratesRps), asked, readyRps)).toBe(isLeft);
  });
});
