import { expect, test } from 'vitest';
import {
  percentText,
  rateText,
  relativeTimeText,
  replicasText,
  significant,
} from '../../../src/domain/figures.ts';

test.each([
  [41234.5, '41235'],
  [412.34, '412'],
  [99.96, '100'],
  [4.1666, '4.17'],
  [2.5, '2.5'],
  [0.0012345, '0.00123'],
  [0, '0'],
  [24000, '24000'],
])('%d is written %s', (value, text) => {
  expect(significant(value)).toBe(text);
  expect(rateText(value)).toBe(`${text} rps`);
});

test.each([
  [1, '100 %'],
  [0.99999, '>99.99 %'],
  [0.9981, '99.81 %'],
  [0.994, '99.4 %'],
  [0.727, '72.7 %'],
  [0.5, '50 %'],
  [0.0019, '0.19 %'],
  [0.00001, '<0.01 %'],
  [0, '0 %'],
])('the share %d is written %s', (ratio, text) => {
  expect(percentText(ratio)).toBe(text);
});

test('all and none are only said of all and none', () => {
  for (const ratio of [0.99991, 0.999949, 0.9999999]) expect(percentText(ratio)).not.toBe('100 %');
  for (const ratio of [0.00009, 1e-12]) expect(percentText(ratio)).not.toBe('0 %');
});

test.each([
  [1_000_000, 'now'],
  [1_000_400, 'now'],
  [1_150_000, 'in 2m30s'],
  [955_000, '45s ago'],
])('%i as seen from 1000000', (atMs, text) => {
  expect(relativeTimeText(atMs, 1_000_000)).toBe(text);
});

test('one replica is not plural', () => {
  expect([0, 1, 2].map(replicasText)).toEqual(['0 replicas', '1 replica', '2 replicas']);
});
