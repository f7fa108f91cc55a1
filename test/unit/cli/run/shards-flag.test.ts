import { expect, test } from 'vitest';
import { refuseContradictions, type RunFlags } from '../../../../src/cli/run/run-flags.ts';

const FLAGS: RunFlags = {
  tick: 15,
  listen: { host: '127.0.0.1', port: 8080 },
  prometheus: 'http://127.0.0.1:9090',
  shards: 6,
};

test('--shards is for a whole cluster', () => {
  expect(() => refuseContradictions(FLAGS)).not.toThrow();
  expect(() => refuseContradictions({ ...FLAGS, shards: 1, namespace: 'shop' })).not.toThrow();
});

test.each<[Partial<RunFlags>, string]>([
  [
    { namespace: 'shop' },
    '--shards: got --namespace too, allowed: one or the other; a namespace is never divided',
  ],
  [{ policy: ['a.yaml'] }, '--shards: got --policy too, allowed: one or the other'],
])('--shards with %j is refused', (more, message) => {
  expect(() => refuseContradictions({ ...FLAGS, ...more })).toThrow(message);
});
