import { describe, expect, test } from 'vitest';
import { createArima, createArimaPaths } from '../../src/forecast/models/arima/arima.ts';
import { createAbsentLstm } from '../../src/forecast/models/lstm/lstm.ts';
import { createMovingAverage } from '../../src/forecast/models/moving-average/moving-average.ts';
import { createNaive } from '../../src/forecast/models/naive/naive.ts';
import { createSeasonalNaive } from '../../src/forecast/models/seasonal-naive/seasonal-naive.ts';
import { aRequest, aSeries, forecasterContract } from './forecaster.ts';

describe('naive', () => forecasterContract(createNaive));
describe('seasonal-naive', () => forecasterContract(createSeasonalNaive));
describe('moving-average', () => forecasterContract(createMovingAverage));
describe('arima', () => forecasterContract(createArima));

test('an arima that has room for one series answers as one with room for all', () => {
  const requests = ['a', 'b'].map((seriesKey, i) => aRequest(aSeries({ days: 3 + i }), { seriesKey }));
  const narrow = createArima(createArimaPaths(1));
  const first = narrow.forecast(requests);
  expect(narrow.forecast(requests)).toEqual(first);
  expect(createArima().forecast(requests)).toEqual(first);
});

describe('lstm', () => {
  test('says where no trained network is, for every series', () => {
    const lstm = createAbsentLstm('there is no trained network at models/lstm.json');
    const outcomes = lstm.forecast([aRequest(aSeries({ days: 1 })), aRequest(aSeries({ days: 9 }))]);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes)
      expect(outcome).toEqual({
        kind: 'unavailable',
        reason: 'ArtefactMissing',
        message: 'there is no trained network at models/lstm.json',
      });
  });
});
