import { expect, test } from 'vitest';
import { classesToTrain } from '../../../../../src/cli/train/classes/classes-to-train.ts';
import { wholeDays } from '../../../../../src/cli/train/classes/histories-of-class.ts';
import { seriesEndMs } from '../../../../../src/domain/time-series.ts';
import { aPolicy } from '../../../../builders/policy.ts';

const COUNT = 4;
const policies = Array.from({ length: 300 }, (_, at) => {
  const isNamed = at % 3 > 0;
  return aPolicy({
    workload: { name: `app-${at}` },
    ...(isNamed && { forecast: { workloadClass: `class-${at % 40}` } }),
  });
});
const namesOf = (chosen: ReturnType<typeof classesToTrain>): readonly string[] =>
  chosen.flatMap((one) => one.policies.map(({ workload }) => workload.name));

test('the shares make up the classes, each class whole and in one', () => {
  const all = classesToTrain(policies, {});
  const shares = Array.from({ length: COUNT }, (_, index) =>
    classesToTrain(policies, { share: { index, count: COUNT } }),
  );
  expect(shares.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(all);
  expect(namesOf(all).toSorted()).toEqual(policies.map(({ workload }) => workload.name).toSorted());
  for (const share of shares) expect(share.length).toBeGreaterThan(0);
});

test('policies that name no class are of one together with those that call theirs so', () => {
  const two = [
    aPolicy({ workload: { name: 'a' } }),
    aPolicy({ workload: { name: 'b' }, forecast: { workloadClass: 'default' } }),
  ];
  expect(classesToTrain(two, {})).toMatchObject([{ name: 'default', policies: { length: 2 } }]);
});

test('which workloads come first does not follow their names, and stays when one is added', () => {
  const names = (some: typeof policies): readonly string[] =>
    namesOf(classesToTrain(some, { class: ['default'] }));
  const [before, after] = [policies.slice(0, -3), policies].map(names);
  expect(before).not.toEqual(before.toSorted());
  expect(after.filter((name) => before.includes(name))).toEqual(before);
});

test('a class of another share is none of this one’s', () => {
  const shares = Array.from({ length: COUNT }, (_, index) =>
    classesToTrain(policies, { class: ['class-1'], share: { index, count: COUNT } }),
  );
  expect(shares.map(({ length }) => length).toSorted()).toEqual([0, 0, 0, 1]);
});

test.each<{ name: string; start: string; slots: number; from: string; to: string }>([
  { name: 'both ends', start: '2026-11-01T10:00Z', slots: 432, from: '2026-11-02', to: '2026-11-04' },
  { name: 'neither end', start: '2026-11-01T00:00Z', slots: 288, from: '2026-11-01', to: '2026-11-03' },
  { name: 'the end alone', start: '2026-11-01T00:00Z', slots: 289, from: '2026-11-01', to: '2026-11-03' },
])('days are whole: cut off is $name', ({ start, slots, from, to }) => {
  const values = Float64Array.from({ length: slots }, (_, at) => at);
  const series = { startAtMs: Date.parse(start), stepSeconds: 600, values };
  const cut = wholeDays(series);
  expect([cut.startAtMs, seriesEndMs(cut)]).toEqual([Date.parse(from), Date.parse(to)]);
  expect(cut.values[0]).toBe((Date.parse(from) - series.startAtMs) / 600_000);
});

test('less than a day has no whole one', () => {
  const series = { startAtMs: Date.UTC(2026, 10, 1, 12), stepSeconds: 600, values: new Float64Array(140) };
  expect(wholeDays(series).values).toHaveLength(0);
});
