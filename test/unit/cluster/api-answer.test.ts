import { describe, expect, test } from 'vitest';
import { answerText, bodyOf, refusalOf } from '../../../src/cluster/api-answer.ts';

const STATUS = '{"kind":"Status","reason":"Conflict","message":"the object has been modified"}';

describe('a refusal', () => {
  test("carries Kubernetes' own words", () => {
    expect(refusalOf(409, undefined, STATUS)).toEqual({
      kind: 'refused',
      status: 409,
      reason: 'Conflict',
      message: 'the object has been modified',
      retryAfterSeconds: null,
    });
  });

  test.each([
    ['a page of a proxy', '<html>bad gateway</html>'],
    ['JSON that is no Status', '{"kind":"Pod","reason":"Evicted"}'],
    ['null', 'null'],
    ['nothing', ''],
  ])('quotes %s as it is', (_name, body) => {
    expect(refusalOf(502, undefined, body)).toMatchObject({ reason: '', message: body });
  });

  test('quotes no more than a line of a long page', () => {
    expect(refusalOf(502, undefined, 'x'.repeat(100_000)).message).toHaveLength(200);
  });

  test.each([
    ['3', 3],
    ['0', 0],
    ['-1', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [undefined, null],
  ])('Retry-After %s', (header, seconds) => {
    expect(refusalOf(429, header, '').retryAfterSeconds).toBe(seconds);
  });

  test('is told in one sentence', () => {
    expect(answerText(refusalOf(409, undefined, STATUS))).toBe('409 Conflict: the object has been modified');
    expect(() => bodyOf(refusalOf(404, undefined, ''), 'lease a/b')).toThrow(/^lease a\/b: 404/);
  });
});
