import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { beforeAbort, beforeCutOff, startCutOff, startDeadline } from '../../../src/control/deadline.ts';

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

test('work that ends in time is what counts', async () => {
  const { signal } = new AbortController();
  expect(await beforeAbort(Promise.resolve('done'), signal, () => 'late')).toBe('done');
});

test('work that does not heed its signal is left behind at the abort, with its cause', async () => {
  const controller = new AbortController();
  const answer = beforeAbort(never<string>(), controller.signal, (cause) => `late: ${String(cause)}`);
  controller.abort('shutting down');
  expect(await answer).toBe('late: shutting down');
});

test('after the abort nothing is waited for, and a late rejection is heard by nobody', async () => {
  const work = Promise.reject(new Error('too late to matter'));
  expect(await beforeAbort(work, AbortSignal.abort('over'), String)).toBe('over');
});

test('work that fails counts as late, with its error', async () => {
  const { signal } = new AbortController();
  expect(await beforeAbort(Promise.reject(new Error('refused')), signal, String)).toBe('Error: refused');
});

test('a deadline follows its parent, and lets go of it when cleared', () => {
  const parent = new AbortController();
  const heard = startDeadline(60, parent.signal);
  const cleared = startDeadline(60, parent.signal);
  cleared.clear();
  parent.abort('stop');
  expect(heard.signal.reason).toBe('stop');
  expect(cleared.signal.aborted).toBe(false);
  heard.clear();
});

test('a deadline under an aborted parent has passed', () => {
  const late = startDeadline(60, AbortSignal.abort('stop'));
  expect(late.signal.aborted).toBe(true);
  late.clear();
});

test('a deadline without end ends with its parent', () => {
  const parent = new AbortController();
  const endless = startDeadline(Infinity, parent.signal);
  expect(endless.signal.aborted).toBe(false);
  parent.abort('stop');
  expect(endless.signal.aborted).toBe(true);
  endless.clear();
});

describe('many waits on one signal', () => {
  const late = (cause: unknown): string => `late: ${(cause as Error).message}`;

  test('take one listener, are all cut off, and leave none behind', async () => {
    const controller = new AbortController();
    const cutOff = startCutOff(controller.signal);
    const waits = [never<string>(), Promise.resolve('done'), never<string>()].map((work) =>
      beforeCutOff(work, cutOff, late),
    );
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('over'));
    expect(await Promise.all(waits)).toEqual(['late: over', 'done', 'late: over']);
    cutOff.clear();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('who comes after the end is told at once', async () => {
    const cutOff = startCutOff(AbortSignal.abort(new Error('over')));
    expect(await beforeCutOff(Promise.resolve('done'), cutOff, late)).toBe('late: over');
  });
});
