import { expect, test } from 'vitest';
import type { Member } from '../../../src/control/fleet.ts';
import type { DayProfile } from '../../../src/forecast/day-profile.ts';
import type { ChainRequest } from '../../../src/forecast/select-forecast.ts';
import { fleetUnderTest, lastValueForecaster, policyNamed } from './fleet-under-test.ts';

const FLAT: DayProfile = { weekday: Array<number>(48).fill(1), weekend: Array<number>(48).fill(1) };

test('a tick hands the shape that is lent to a workload to its forecast, and to no other', async () => {
  const asked: ChainRequest[] = [];
  const forecaster = lastValueForecaster();
  const { tickAt } = fleetUnderTest({
    names: ['young', 'old'],
    deps: {
      lentShapes: { shapeFor: ({ policy }) => (policy.workload.name === 'young' ? FLAT : undefined) },
      forecaster: {
        forecast(requests) {
          asked.push(...requests);
          return forecaster.forecast(requests);
        },
      },
    },
  });
  await tickAt(60);
  const shapes = asked.map(({ seriesKey, borrowedShape }) => [seriesKey, borrowedShape]);
  expect(Object.fromEntries(shapes)).toEqual({ 'shop/young': FLAT, 'shop/old': undefined });
});

test('what is decided on is the forecast of whoever leads', async () => {
  const { deps, tickAt } = fleetUnderTest();
  const member = deps.fleet.member(policyNamed('a').workload)!;
  const led: Member = {
    ...member,
    leadGate: {
      lead: (_, made) => (made.kind === 'forecast' ? { ...made, model: 'seasonal-naive' } : made),
    },
  };
  deps.fleet.add(led);
  const [{ decision }] = await tickAt(60);
  expect(decision.forecast).toMatchObject({ kind: 'forecast', model: 'seasonal-naive' });
});
