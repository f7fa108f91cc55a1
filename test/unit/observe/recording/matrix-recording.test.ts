import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gzipped, loadText, refusalOf, valuesOf } from './load-text.ts';

const END_S = Date.UTC(2025, 6, 22, 8, 1) / 1000;

type Pair = [number, string];

function pairs(...values: string[]): Pair[] {
  return values.map((value, index) => [END_S + index * 60, value]);
}

function matrix(...series: { metric: Record<string, string>; values: Pair[] }[]): string {
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: series } });
}

const ONE = matrix({ metric: { app: 'checkout' }, values: pairs('1', '2', '3') });

describe('what a query_range answer gives', () => {
  test('one series is the arrival rate; a sample is the slot that ends at its stamp', async () => {
    const recording = await loadText(ONE);
    expect(recording).toMatchObject({ stepSeconds: 60, startAtMs: (END_S - 60) * 1000, warnings: [] });
    expect(valuesOf(recording)).toEqual([1, 2, 3]);
  });

  test.each([
    ['gzipped', gzipped(ONE)],
    ['with white space', JSON.stringify(JSON.parse(ONE), null, 2)],
    ['with a byte order mark', `\ufeff${ONE}`],
    ['with what is not known', ONE.replace('{"status"', '{"stats":{"a":[1,{"b":null}],"c":true},"status"')],
    ['without its status', ONE.replace('"status":"success",', '')],
    [
      'with its labels last',
      ONE.replace('"metric":{"app":"checkout"},', '').replace(']]}', ']],"metric":{"a":"b"}}'),
    ],
  ])('the same %s', async (_how, content) => {
    expect(valuesOf(await loadText(content))).toEqual([1, 2, 3]);
  });

  test('the same, whatever the borders of the chunks', async () => {
    const whole = await loadText(ONE);
    for (let chunkBytes = 1; chunkBytes < 30; chunkBytes += 1)
      expect(await loadText(ONE, chunkBytes)).toEqual(whole);
  });

  test('of several series each is named by its label column or its metric name, on one grid', async () => {
    const recording = await loadText(
      matrix(
        { metric: { __name__: 'arrival_rate_rps' }, values: pairs('1', '2', '3') },
        { metric: { __name__: 'x', column: 'latency_seconds' }, values: pairs('0.1').slice(0, 1) },
      ),
    );
    expect(valuesOf(recording)).toEqual([1, 2, 3]);
    expect(recording.columns.latency?.values).toEqual(Float64Array.of(0.1, Number.NaN, Number.NaN));
  });

  test('NaN and infinity are samples that are not a number', async () => {
    const recording = await loadText(matrix({ metric: {}, values: pairs('1', 'NaN', '+Inf', '-Inf', '5') }));
    expect(valuesOf(recording)).toEqual([1, null, null, null, 5]);
    expect(recording.notANumberSlots.arrivalRate).toEqual(Uint32Array.of(1, 2, 3));
  });

  test('a gap stays a gap', async () => {
    const values = pairs('1', '2', '3', '4', '5').filter((_pair, index) => index !== 2);
    expect(valuesOf(await loadText(matrix({ metric: {}, values })))).toEqual([1, 2, null, 4, 5]);
  });

  test('what the source warned of is passed on', async () => {
    const text = ONE.replace('{"status"', '{"warnings":["a \\"store\\" is away"],"status"');
    expect((await loadText(text)).warnings).toEqual(['the source warned: a "store" is away']);
  });
});

describe('what is refused says where, what was got and what is allowed', () => {
  const good = { metric: {}, values: pairs('1', '2') };
  test.each([
    ['a cut-off file', ONE.slice(0, -20), /byte \d+: got the end of the file, allowed: the rest of the JSON/],
    [
      'an error',
      '{"status":"error","errorType":"bad_data","error":"parse error"}',
      /status: got "error", allowed: succ/,
    ],
    ['an instant answer', ONE.replace('matrix', 'vector'), /data.resultType: got "vector", allowed: matrix/],
    ['an instant value', '{"data":{"result":[{"value":[1,"2"]}]}}', /data.result\[0\]: got an instant value/],
    ['histograms', '{"data":{"result":[{"histograms":[]}]}}', /data.result\[0\]: got native histograms/],
    ['no series', matrix(), /data.result: got no series, allowed: at least one/],
    ['a series without samples', matrix({ metric: {}, values: [] }), /got no rows/],
    ['an object without data', '{}', /data.result: got no series/],
    [
      'series without names',
      matrix(good, { ...good, metric: { pod: 'b' } }),
      /result\[0\].metric: got {}, allowed: a label/,
    ],
    [
      'a name twice',
      matrix(
        { ...good, metric: { column: 'arrival_rate_rps' } },
        { ...good, metric: { column: 'requests_per_second' } },
      ),
      /data.result\[1\].metric: .*another column than data.result\[0\] \(wrap the query in sum/,
    ],
    [
      'no arrival rate',
      matrix({ ...good, metric: { __name__: 'in_flight' } }),
      /no series of the arrival rate, allowed: one whose label column/,
    ],
    [
      'a negative value',
      matrix({ metric: {}, values: pairs('1', '-2') }),
      /data.result\[0\].values\[1\]: got "-2"/,
    ],
    [
      'a word',
      matrix({ metric: {}, values: pairs('1', 'many') }),
      /data.result\[0\].values\[1\]: got "many"/,
    ],
    [
      'a value without quotes',
      '{"data":{"result":[{"values":[[1,2]]}]}}',
      /values\[0\]: got "2", allowed: seconds since/,
    ],
    ['a pair of one', '{"data":{"result":[{"values":[[1]]}]}}', /values\[0\]: got 1 values, allowed: a pair/],
    ['a pair of three', '{"data":{"result":[{"values":[[1,"2","3"]]}]}}', /values\[1\]: got "3"/],
    ['a null', '{"data":{"result":[{"values":[[1,null]]}]}}', /values\[0\]: got null/],
    ['a missing comma', ONE.replace('],[', ']['), /byte \d+: got "\[", allowed: a comma or the closing/],
    ['a comma too many', ONE.replace(']]', '],]'), /byte \d+: got "\]", allowed: a value/],
    [
      'a wrong bracket',
      ONE.replace(']]', ']}'),
      /byte \d+: got "}", allowed: a comma or the closing bracket/,
    ],
    ['text after the end', `${ONE}x`, /byte \d+: got "a value", allowed: the end of the file/],
    ['a name without quotes', '{status:"success"}', /byte 1: .*allowed: a name in quotes/],
    ['an unknown literal', '{"a":nil}', /byte 5: got "nil", allowed: true, false, null/],
    ['endless nesting', `{"a":${'['.repeat(100)}`, /deeper nesting, allowed: at most 32 levels/],
    ['an endless string', `{"a":"${'x'.repeat(1_100_000)}`, /a longer token/],
  ])('%s', async (_what, text, message) => {
    expect(await refusalOf(text)).toMatch(message);
  });

  test('property: JSON of any form, and JSON with a byte changed, is read or refused', async () => {
    const changed = fc.tuple(fc.nat(ONE.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(ONE);
      bytes[at] = byte;
      return bytes;
    });
    const content = fc.oneof(
      changed,
      fc.object().map((value) => Buffer.from(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        await loadText(bytes).then(
          () => undefined,
          (error: unknown) => expect(error).toMatchObject({ code: 'invalidInput' }),
        );
      }),
      { numRuns: 200 },
    );
  });
});
