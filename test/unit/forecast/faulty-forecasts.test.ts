import { expect, test } from 'vitest';
import { playFaults } from '../../simulator/faulty-forecasts.ts';

test('models, data and clock break again and again: something sane is served all the same, with the reasons', async () => {
  const { ticks, served, wrong, models, skipped } = await playFaults(600, 7);
  expect(wrong).toBe(0);
  expect(served / ticks).toBeGreaterThanOrEqual(0.999);
  // The faults were there, of every kind, and each rung of the chain has served.
  expect(Object.keys(skipped).sort()).toEqual(
    expect.arrayContaining(['FitFailed', 'NotFinite', 'OutOfBounds']),
  );
  expect(models).toMatchObject({ ensemble: expect.any(Number) as number });
  expect(Object.keys(models).length).toBeGreaterThanOrEqual(3);
});
