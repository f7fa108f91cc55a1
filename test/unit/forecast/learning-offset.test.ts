import { expect, test } from 'vitest';
import { learningOffsetOf } from '../../../src/forecast/learning-offset.ts';

const HOURS_PER_WEEK = 7 * 24;

test('a fleet learns at all hours of the week, at none many more than at others', () => {
  const perHour = new Array<number>(HOURS_PER_WEEK).fill(0);
  for (let workload = 0; workload < 100 * HOURS_PER_WEEK; workload += 1) {
    const seconds = learningOffsetOf(`Deployment/shop-${workload % 40}/web-${workload}`);
    expect(Number.isInteger(seconds)).toBe(true);
    perHour[Math.floor(seconds / 3600)] += 1;
  }
  expect(perHour).toHaveLength(HOURS_PER_WEEK);
  // Five standard deviations of what chance would do.
  expect(Math.min(...perHour)).toBeGreaterThan(50);
  expect(Math.max(...perHour)).toBeLessThan(150);
});

test('a series has always the same time, another series another', () => {
  expect(learningOffsetOf('Deployment/shop/web')).toBe(learningOffsetOf('Deployment/shop/web'));
  expect(learningOffsetOf('Deployment/shop/web')).not.toBe(learningOffsetOf('Deployment/shop/web2'));
});
