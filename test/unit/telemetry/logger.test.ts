import { expect, test } from 'vitest';
import { createLogger, type LogLevel } from '../../../src/telemetry/logger.ts';

function logged(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, logger: createLogger(level, sink) };
}

test('a line has a time, a level by name, a constant message and its fields', () => {
  const { lines, logger } = logged('info');
  logger.warn({ workload: 'shop/checkout' }, 'decision changed');
  expect(lines).toEqual([
    { level: 'warn', time: expect.any(String), workload: 'shop/checkout', msg: 'decision changed' },
  ]);
  expect(Number.isNaN(Date.parse(lines[0].time as string))).toBe(false);
});

test.each<[LogLevel, number]>([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
  ['silent', 0],
])('level %s writes %d of the four', (level, count) => {
  const { lines, logger } = logged(level);
  for (const method of ['debug', 'info', 'warn', 'error'] as const) logger[method]({}, 'x');
  expect(lines).toHaveLength(count);
});

test('secrets are not written, neither as a field nor within one', () => {
  const { lines, logger } = logged('info');
  logger.info(
    {
      token: 'hush',
      source: {
        password: 'hush',
        headers: { authorization: 'Bearer hush', 'x-prescale-authorization': 'hush' },
        url: 'u',
      },
    },
    'x',
  );
  expect(JSON.stringify(lines)).not.toContain('hush');
  expect(lines[0].source).toMatchObject({ url: 'u' });
});
