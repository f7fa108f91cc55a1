import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAnswer } from '../../../../src/observe/prometheus/parse-answer.ts';
import { floatFromPrometheus } from '../../../../src/observe/prometheus/parse-result.ts';

interface Given {
  readonly status?: number;
  readonly contentType?: string;
  readonly tooLong?: boolean;
}

function response(body: unknown, given: Given = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { status = 200, contentType = 'application/json', tooLong = false } = given;
  return { kind: 'response' as const, status, contentType, body: Buffer.from(text), tooLong };
}

function success(resultType: string, result: unknown, more: object = {}) {
  return { status: 'success', data: { resultType, result }, ...more };
}

const PAIRS = [
  [1_753_171_260, '1.5'],
  [1_753_171_320, '2e3'],
];
const STAMPS = [1_753_171_260_000, 1_753_171_320_000];

describe('samples', () => {
  test.each<[string, object, object]>([
    [
      'a matrix',
      success('matrix', [{ metric: {}, values: PAIRS }]),
      { stampsAtMs: STAMPS, values: [1.5, 2000] },
    ],
    [
      'a vector',
      success('vector', [{ metric: {}, value: PAIRS[0] }]),
      { stampsAtMs: [STAMPS[0]], values: [1.5] },
    ],
    ['a scalar', success('scalar', PAIRS[0]), { stampsAtMs: [STAMPS[0]], values: [1.5] }],
    ['no series', success('matrix', []), { stampsAtMs: [], values: [] }],
    ['fractions of seconds', success('scalar', [1.0014, '1']), { stampsAtMs: [1001] }],
    [
      'odd floats',
      success('matrix', [
        {
          values: [
            [1, 'NaN'],
            [2, '+Inf'],
            [3, '-Inf'],
          ],
        },
      ]),
      { values: [Number.NaN, Infinity, -Infinity] },
    ],
    [
      'a warning',
      success('matrix', [], { warnings: ['a is away', 'b is  \n away'] }),
      { warning: 'a is away; b is away' },
    ],
    [
      'a partial answer',
      success('matrix', [], { isPartial: true }),
      { warning: 'the source says that its answer is partial' },
    ],
    [
      'infos are no warnings',
      success('matrix', [], { infos: ['metric might not be a counter'] }),
      { warning: null },
    ],
  ])('%s', (_what, body, expected) => {
    expect(parseAnswer(response(body))).toMatchObject({ kind: 'samples', warning: null, ...expected });
  });
});

describe('faults of the query: asking again will not help', () => {
  const error = (errorType: string) => ({ status: 'error', errorType, error: 'why' });
  test.each<[string, unknown, Given, string]>([
    ['bad data', error('bad_data'), { status: 400 }, 'HTTP 400: why'],
    ['execution', error('execution'), { status: 422 }, 'HTTP 422: why'],
    ['an error with status 200', error('bad_data'), {}, 'HTTP 200: why'],
    ['no words', '', { status: 404, contentType: '' }, 'HTTP 404: no answer of Prometheus (no content type)'],
    [
      'plain words',
      'no org id',
      { status: 401, contentType: 'text/plain; charset=utf-8' },
      'HTTP 401: no answer of Prometheus (text/plain)',
    ],
    [
      'three series',
      success('vector', [1, 2, 3]),
      {},
      'query returned 3 series, wants 1: wrap it in sum(...)',
    ],
    ['a text', success('string', [1, 'up']), {}, 'the query gives a text, wants a number'],
    [
      'histograms',
      success('matrix', [{ histograms: [] }]),
      {},
      'the query gives native histograms, wants numbers',
    ],
    [
      'a flood of series',
      success('matrix', []),
      { tooLong: true },
      'the answer is longer than 63 bytes: wrap the query in sum(...)',
    ],
  ])('%s', (_what, body, given, message) => {
    expect(parseAnswer(response(body, given))).toEqual({ kind: 'queryRejected', message });
  });
});

describe('faults of the source: asking again may help', () => {
  test.each<[string, unknown, Given, RegExp]>([
    ['an internal error', { error: 'disk' }, { status: 500 }, /^HTTP 500: disk$/],
    [
      'a gateway',
      '<html>',
      { status: 502, contentType: 'text/html' },
      /^HTTP 502: no answer of Prometheus \(text\/html\)$/,
    ],
    ['a timeout', { error: 'slow' }, { status: 503 }, /^HTTP 503: slow$/],
    ['a slow request', '', { status: 408 }, /^HTTP 408/],
    ['too many requests', '', { status: 429 }, /^HTTP 429/],
    ['a redirect', '', { status: 302 }, /^HTTP 302/],
    ['a page that says not found', '<!doctype html>', { status: 404 }, /^HTTP 404/],
    [
      'another error with status 200',
      { status: 'error', errorType: 'timeout', error: 'slow' },
      {},
      /^HTTP 200: slow$/,
    ],
    ['no JSON', 'hello', {}, /^HTTP 200: no answer of Prometheus/],
    ['JSON null', null, {}, /^HTTP 200/],
    ['an empty body', '', {}, /^HTTP 200/],
    ['no data', { status: 'success' }, {}, /has not the form of Prometheus/],
    ['an unknown type', success('tensor', []), {}, /has not the form/],
    ['a series that is none', success('matrix', [null]), {}, /has not the form/],
    ['values that are none', success('matrix', [{ values: 'x' }]), {}, /has not the form/],
    ['a value without quotes', success('matrix', [{ values: [[1, 2]] }]), {}, /has not the form/],
    ['a time in quotes', success('matrix', [{ values: [['1', '2']] }]), {}, /has not the form/],
    ['a number that is none', success('matrix', [{ values: [[1, '0x10']] }]), {}, /has not the form/],
    ['endless junk', 'xxxx', { tooLong: true }, /longer than 4 bytes and is none of Prometheus/],
  ])('%s', (_what, body, given, message) => {
    const answer = parseAnswer(response(body, given));
    expect(answer.kind).toBe('sourceDown');
    expect('message' in answer && answer.message).toMatch(message);
  });
});

test('what a server says is cut to a line', () => {
  const answer = parseAnswer(response({ error: `a\n${'x'.repeat(1000)}` }, { status: 400 }));
  expect('message' in answer && answer.message).toMatch(/^HTTP 400: a x{198}…$/);
});

test('property: any JSON under status 200 gives an answer', () => {
  const anything = fc.jsonValue({ maxDepth: 5 });
  const near = fc.record({
    status: fc.constant('success'),
    data: fc.record({
      resultType: fc.constantFrom('matrix', 'vector', 'scalar', 'string'),
      result: anything,
    }),
    warnings: anything,
  });
  fc.assert(
    fc.property(fc.oneof(anything, near), (body) => {
      expect(['samples', 'queryRejected', 'sourceDown']).toContain(parseAnswer(response(body)).kind);
    }),
    { numRuns: 1000 },
  );
});

test('property: a number is read as it was printed', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(floatFromPrometheus(String(value))).toBe(value + 0);
    }),
  );
});
