import { expect, test } from 'vitest';
import { fittedSteps } from '../../../src/forecast/models/arima/fitted-steps.ts';

test.each([
  ['a single step', 1, 60, [0]],
  ['eight minutes: all', 8, 60, [0, 1, 2, 3, 4, 5, 6, 7]],
  ['nine minutes: four at least', 9, 60, [0, 3, 5, 8]],
  ['a quarter of an hour of minutes: every five', 15, 60, [0, 5, 9, 14]],
  ['a quarter of an hour of quarter minutes: every five minutes too', 60, 15, [0, 20, 39, 59]],
  ['steps of five minutes: all', 4, 300, [0, 1, 2, 3]],
  ['hours: all', 6, 3600, [0, 1, 2, 3, 4, 5]],
  ['two hours of five minutes: eight at most', 24, 300, [0, 3, 7, 10, 13, 16, 20, 23]],
])('%s', (_, horizonSteps, stepSeconds, steps) => {
  expect(fittedSteps(horizonSteps, stepSeconds)).toEqual(steps);
});
