import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stopOnSignals, type StopSignals } from '../../../../src/cli/run/stop-signals.ts';

let exits: number[];
let stopping: StopSignals;
beforeEach(() => {
  vi.useFakeTimers();
  exits = [];
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(Number(code));
    return undefined as never;
  });
  stopping = stopOnSignals();
});
afterEach(() => {
  stopping.dispose();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test.each(['SIGTERM', 'SIGINT'] as const)('the first %s asks for a graceful end', (name) => {
  process.emit(name, name);
  expect(stopping.signal.reason).toEqual(new Error(`stopped by ${name}`));
  expect(exits).toEqual([]);
});

test('a second signal ends the process at once', () => {
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGINT', 'SIGINT');
  expect(exits).toEqual([1]);
});

test('a graceful end that does not come is forced after five seconds', () => {
  stopping.stop('standard output is closed');
  vi.advanceTimersByTime(4_999);
  expect(exits).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(exits).toEqual([1]);
});

test('a graceful end that came is not forced', () => {
  process.emit('SIGTERM', 'SIGTERM');
  stopping.dispose();
  vi.advanceTimersByTime(60_000);
  expect(exits).toEqual([]);
});

test('signals are given back', () => {
  const before = process.listenerCount('SIGTERM');
  stopping.dispose();
  expect(process.listenerCount('SIGTERM')).toBe(before - 1);
});
