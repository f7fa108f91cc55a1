import { expect, test } from 'vitest';
import { seriesDirectory, type RunFlags } from '../../../../src/cli/run/run-flags.ts';

const FLAGS: RunFlags = { tick: 15, listen: { host: '127.0.0.1', port: 8080 }, shards: 1 };

test.each<[string, Partial<RunFlags>, string | undefined]>([
  ['nowhere', {}, undefined],
  ['below the history', { historyDir: '/h' }, '/h/series'],
  ['where it is said', { seriesDir: '/s' }, '/s'],
  ['where it is said, apart from the history', { historyDir: '/h', seriesDir: '/s' }, '/s'],
])('measured rates are kept %s with %j', (_where, flags, directory) => {
  expect(seriesDirectory({ ...FLAGS, ...flags })).toBe(directory);
});
