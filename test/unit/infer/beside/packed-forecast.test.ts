import { expect, test } from 'vitest';
import type { ForecastResult } from '../../../../src/domain/forecast.ts';
import { packed, unpacked } from '../../../../src/infer/beside/packed-forecast.ts';
import { aForecast } from '../../../builders/forecast.ts';

test('forecasts come out of a message as they went in, whatever stands between them', () => {
  const none: ForecastResult = {
    kind: 'unavailable',
    skipped: [{ model: 'naive', reason: 'TooLittleHistory', message: 'needs 1 sample, has 0' }],
  };
  const one: ForecastResult = { ...aForecast(100), weights: [{ expert: 'naive', weightRatio: 1 }] };
  const answers = [one, none, aForecast(7.25)].map((result, id) => ({ id, result }));
  const message = packed(answers);
  expect(unpacked(structuredClone(message, { transfer: [message.rates.buffer as ArrayBuffer] }))).toEqual(
    answers,
  );
});
