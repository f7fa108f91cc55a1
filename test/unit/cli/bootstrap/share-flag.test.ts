import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { isInShare, shareFlag } from '../../../../src/cli/bootstrap/share-flag.ts';

test.each(['', '1', '4/4', '-1/4', '0/0', 'a/b', '0/1001', '1.5/4', '0/4/8'])('refuses "%s"', (text) => {
  expect(() => shareFlag(text)).toThrow(InvalidArgumentError);
});

test('takes an index below a count', () => {
  expect(shareFlag('0/1')).toEqual({ index: 0, count: 1 });
  expect(shareFlag('7/8')).toEqual({ index: 7, count: 8 });
});

test('every workload is in one share, also within a namespace, and shares are alike', () => {
  const count = 4;
  const workloads = Array.from({ length: 400 }, (_, at) => `shop/app-${at}`);
  const sizes = Array.from({ length: count }, (_, index) =>
    workloads.filter((workload) => isInShare({ index, count }, workload)),
  );
  expect(sizes.flat().toSorted((a, b) => workloads.indexOf(a) - workloads.indexOf(b))).toEqual(workloads);
  for (const { length } of sizes) expect(Math.abs(length - 100)).toBeLessThan(35);
});
