import { describe, expect, test } from 'vitest';
import { answerWhole, type AskPart } from '../../../../../src/observe/prometheus/batch/answer-whole.ts';
import type { HttpAnswer } from '../../../../../src/observe/prometheus/prometheus-client.ts';

const NEVER = new AbortController().signal;
const MINUTE_MS = 60_000;
const QUERY = 'sum(rate(x[2m]))';

function said(status: number, body: object): HttpAnswer {
  const bytes = Buffer.from(JSON.stringify(body));
  return { kind: 'response', status, contentType: 'application/json', body: bytes, tooLong: false };
}

const TOO_MANY = said(422, { status: 'error', errorType: 'execution', error: 'too many samples' });

/** Answers each minute with its number, and no more than `most` of them at a time. */
function server({ most = Infinity, refusal = TOO_MANY }: { most?: number; refusal?: HttpAnswer } = {}) {
  const asked: number[] = [];
  const ask: AskPart = ({ evaluation: { startMs, endMs } }) => {
    const instants = (endMs - startMs) / MINUTE_MS + 1;
    asked.push(instants);
    if (instants > most) return Promise.resolve(refusal);
    const values = Array.from({ length: instants }, (_, k) => {
      const minute = startMs / MINUTE_MS + k;
      return [minute * 60, String(minute)];
    });
    const result = [{ metric: {}, values }];
    return Promise.resolve(said(200, { status: 'success', data: { resultType: 'matrix', result } }));
  };
  return { ask, asked };
}

function minutes(count: number) {
  return {
    query: QUERY,
    evaluation: { startMs: MINUTE_MS, endMs: count * MINUTE_MS, stepMs: MINUTE_MS },
  };
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);

test('what the server takes is one request', async () => {
  const { ask, asked } = server();
  expect(await answerWhole(ask, minutes(11_000), NEVER)).toMatchObject({ values: numbersTo(11_000) });
  expect(asked).toEqual([11_000]);
});

test.each([
  [5500, [11_000, 5500, 5500]],
  [3000, [11_000, 5500, 2750, 2750, 5500, 2750, 2750]],
])('of a server that takes %i instants everything is had, in halves', async (most, requests) => {
  const { ask, asked } = server({ most });
  const answer = await answerWhole(ask, minutes(11_000), NEVER);
  expect(answer).toMatchObject({ kind: 'samples', values: numbersTo(11_000) });
  expect(answer).toMatchObject({ stampsAtMs: numbersTo(11_000).map((minute) => minute * MINUTE_MS) });
  expect(asked).toEqual(requests);
});

test('an odd number of instants is had once each', async () => {
  const { ask } = server({ most: 130 });
  expect(await answerWhole(ask, minutes(1001), NEVER)).toMatchObject({ values: numbersTo(1001) });
});

describe('what is refused however short it is', () => {
  test('costs a few requests, and its reason is told', async () => {
    const { ask, asked } = server({ most: 0 });
    expect(await answerWhole(ask, minutes(11_000), NEVER)).toEqual({
      kind: 'queryRejected',
      message: 'HTTP 422: too many samples',
    });
    expect(asked).toEqual([11_000, 5500, 2750, 1375, 688, 344, 172, 86]);
  });

  test.each([
    ['a query that is none', said(400, { status: 'error', errorType: 'bad_data', error: 'parse error' })],
    ['a server that is too slow', said(503, { status: 'error', errorType: 'timeout', error: 'timed out' })],
    ['no answer', { kind: 'failed', message: 'late', timedOut: true } as const],
  ])('is not asked again: %s', async (_, refusal) => {
    const { ask, asked } = server({ most: 0, refusal });
    expect((await answerWhole(ask, minutes(11_000), NEVER)).kind).not.toBe('samples');
    expect(asked).toEqual([11_000]);
  });
});

test('a fault in the older half is the fault of all', async () => {
  const { ask } = server({ most: 6000 });
  let requests = 0;
  const failing: AskPart = (part, signal) => {
    requests += 1;
    return requests === 3
      ? Promise.resolve({ kind: 'failed', message: 'gone', timedOut: false })
      : ask(part, signal);
  };
  expect(await answerWhole(failing, minutes(11_000), NEVER)).toEqual({ kind: 'sourceDown', message: 'gone' });
});
