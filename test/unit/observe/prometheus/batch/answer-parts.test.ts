import { describe, expect, test } from 'vitest';
import { createPartAnswerer } from '../../../../../src/observe/prometheus/batch/answer-parts.ts';
import type { AskPart } from '../../../../../src/observe/prometheus/batch/answer-whole.ts';
import type { Part } from '../../../../../src/observe/prometheus/batch/group-parts.ts';
import type { HttpAnswer } from '../../../../../src/observe/prometheus/prometheus-client.ts';

const NEVER = new AbortController().signal;
const AT_MS = 60_000;

function parts(count: number, instants = 1): Part[] {
  const evaluation = { startMs: AT_MS, endMs: AT_MS * instants, stepMs: AT_MS };
  return Array.from({ length: count }, (_, index) => ({ query: `sum(x{app="w${index}"})`, evaluation }));
}

function appsOf({ query }: Part): string[] {
  return /app=~?"([^"]*)"/.exec(query)![1].split('|');
}

function said(status: number, body: object): HttpAnswer {
  const bytes = Buffer.from(JSON.stringify(body));
  return { kind: 'response', status, contentType: 'application/json', body: bytes, tooLong: false };
}

/** The value of w7 is 7. */
function succeeds(apps: readonly string[], more: object = {}): HttpAnswer {
  const result = apps.map((app) => ({ metric: { app }, value: [AT_MS / 1000, app.slice(1)] }));
  return said(200, { status: 'success', data: { resultType: 'vector', result }, ...more });
}

const REFUSED = said(422, { status: 'error', errorType: 'execution', error: 'no' });
const TIMED_OUT: HttpAnswer = { kind: 'failed', message: 'late', timedOut: true };

function answererOf(answerFor: (apps: readonly string[]) => HttpAnswer) {
  const sizes: number[] = [];
  const ask: AskPart = (part) => {
    sizes.push(appsOf(part).length);
    return Promise.resolve(answerFor(appsOf(part)));
  };
  return { answer: createPartAnswerer(ask, 4), sizes };
}

test('ten thousand workloads are one query, and each gets its own number', async () => {
  const { answer, sizes } = answererOf((apps) => succeeds(apps.toReversed()));
  const answers = await answer(parts(10_000), NEVER);
  expect(sizes).toEqual([10_000]);
  expect(answers.map((one) => (one.kind === 'samples' ? one.values : one))).toEqual(
    Array.from({ length: 10_000 }, (_, index) => [index]),
  );
});

test('long ranges are asked for few at a time, so that no answer is without bound', async () => {
  const { answer, sizes } = answererOf(succeeds);
  await answer(parts(100, 10_000), NEVER);
  expect(sizes).toEqual([20, 20, 20, 20, 20]);
});

describe('the past of a fleet that is new', () => {
  function server() {
    const asked: string[][] = [];
    const ask: AskPart = (part) => {
      asked.push(appsOf(part));
      return Promise.resolve(succeeds(appsOf(part)));
    };
    return { answer: createPartAnswerer(ask, 1), asked };
  }
  const answeredOf = (answers: readonly { readonly kind: string }[]): number =>
    answers.filter(({ kind }) => kind === 'samples').length;

  test('what is recent is asked for first', async () => {
    const { answer, asked } = server();
    const [old, ...recent] = [...parts(1, 10_000), ...parts(3).slice(1)];
    await answer([old, ...recent], NEVER);
    expect(asked).toEqual([['w1', 'w2'], ['w0']]);
  });

  test('what has been answered when the time is over is told', async () => {
    const over = new AbortController();
    let asked = 0;
    const answer = createPartAnswerer((part) => {
      asked += 1;
      if (asked === 3) over.abort();
      return Promise.resolve(over.signal.aborted ? TIMED_OUT : succeeds(appsOf(part)));
    }, 1);
    const answers = await answer(parts(100, 10_000), over.signal);
    expect([answeredOf(answers), asked]).toEqual([40, 3]);
  });
});

test('a refusal costs only the one that it is meant for', async () => {
  const { answer, sizes } = answererOf((apps) => (apps.includes('w600') ? REFUSED : succeeds(apps)));
  const answers = await answer(parts(1000), NEVER);
  expect(answers.flatMap(({ kind }, index) => (kind === 'samples' ? [] : [[index, kind]]))).toEqual([
    [600, 'queryRejected'],
  ]);
  expect(sizes.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(1000)));
});

test('what the server warns of is told to all that it answered', async () => {
  const { answer } = answererOf((apps) => succeeds(apps, { warnings: ['a store is away'] }));
  expect(await answer(parts(2), NEVER)).toMatchObject([
    { warning: 'a store is away' },
    { warning: 'a store is away' },
  ]);
});

test.each([
  ['no matrix and no vector', { resultType: 'scalar', result: [60, '1'] }],
  ['a series without labels', { resultType: 'vector', result: [{ value: [60, '1'] }] }],
  ['no list', { resultType: 'vector', result: {} }],
])('an answer of another form is the fault of the source: %s', async (_, data) => {
  const { answer } = answererOf(() => said(200, { status: 'success', data }));
  expect(await answer(parts(2), NEVER)).toMatchObject([{ kind: 'sourceDown' }, { kind: 'sourceDown' }]);
});

describe('a server that is too slow for all at once', () => {
  test.each([
    ['gives up', said(503, { status: 'error', errorType: 'timeout', error: 'query timed out' })],
    ['stands behind a proxy that gives up', said(504, {})],
    [
      'refuses so many samples',
      said(422, { status: 'error', errorType: 'execution', error: 'too many samples' }),
    ],
  ])('and %s', async (_, tooMuch) => {
    const { answer, sizes } = answererOf((apps) => (apps.length > 300 ? tooMuch : succeeds(apps)));
    for (let tick = 0; tick < 3; tick += 1) await answer(parts(1000), NEVER);
    sizes.length = 0;
    const answers = await answer(parts(1000), NEVER);
    expect(answers.every(({ kind }) => kind === 'samples')).toBe(true);
    expect(sizes).toEqual([250, 250, 250, 250]);
  });

  test('is asked for half as many at the next tick, and for more again when it has long managed that', async () => {
    let canAnswer = 300;
    const { answer, sizes } = answererOf((apps) => (apps.length > canAnswer ? TIMED_OUT : succeeds(apps)));
    const largest = async (): Promise<number> => {
      sizes.length = 0;
      await answer(parts(1000), NEVER);
      return Math.max(...sizes);
    };
    expect([await largest(), await largest(), await largest(), await largest()]).toEqual([
      1000, 500, 250, 250,
    ]);
    canAnswer = Infinity;
    for (let tick = 0; tick < 60; tick += 1) await largest();
    expect(await largest()).toBe(500);
  });

  test('is never asked one by one: that would be the end of it', async () => {
    const { answer, sizes } = answererOf(() => TIMED_OUT);
    for (let tick = 0; tick < 20; tick += 1) await answer(parts(1000), NEVER);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1000 % 64);
    expect(sizes.filter((size) => size < 64).length).toBeLessThanOrEqual(20);
  });
});
