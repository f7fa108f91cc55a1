import { describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../../../src/cluster/api-answer.ts';
import { backoffSeconds, retryPauseSeconds } from '../../../src/cluster/retry-pause.ts';

const refused = (status: number, retryAfterSeconds: number | null = null): ApiAnswer => ({
  kind: 'refused',
  status,
  reason: '',
  message: '',
  retryAfterSeconds,
});
const UNREACHABLE: ApiAnswer = { kind: 'unreachable', message: 'connection refused' };
const READ = true;
const WRITE = false;

describe('which calls are made again', () => {
  test.each<[string, ApiAnswer, boolean, boolean]>([
    ['a read that was answered', { kind: 'ok', body: {} }, READ, false],
    ['a read of what is not there', refused(404), READ, false],
    ['a write that met a conflict', refused(409), WRITE, false],
    ['a write that is not valid', refused(422), WRITE, false],
    ['a read without an answer', UNREACHABLE, READ, true],
    ['a write without an answer, whose fate is unknown', UNREACHABLE, WRITE, false],
    ['a read that the server failed at', refused(500), READ, true],
    ['a write that the server failed at', refused(500), WRITE, false],
    ['a write that the server asks to repeat', refused(503, 1), WRITE, true],
    ['a write that was one too many, without a time', refused(429), WRITE, true],
    ['a write that was one too many', refused(429, 1), WRITE, true],
  ])('%s', (_name, answer, isRead, again) => {
    expect(retryPauseSeconds(answer, isRead, 1, 0.5) !== undefined).toBe(again);
  });

  test('the server is never asked again before the time that it gave', () => {
    for (const uniform of [0, 0.3, 0.999])
      expect(retryPauseSeconds(refused(429, 7), WRITE, 1, uniform)).toBeGreaterThanOrEqual(7);
  });

  test('pauses double up to ten seconds, and differ between clients', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffSeconds(attempt, 1))).toEqual([0.25, 0.5, 1, 2]);
    expect(backoffSeconds(50, 1)).toBe(10);
    expect(backoffSeconds(50, 0)).toBe(5);
  });
});
