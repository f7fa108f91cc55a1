import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gzipped, loadText, refusalOf, valuesOf } from './load-text.ts';

const HEADER = 'timestamp,arrival_rate_rps';
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2025, 6, 22, 8);

function isoAt(slot: number, stepMs = MINUTE_MS): string {
  return new Date(START_MS + slot * stepMs).toISOString();
}

/** Rows for consecutive minutes. */
function minutes(...cells: string[]): string {
  return [HEADER, ...cells.map((cell, slot) => `${isoAt(slot)},${cell}`)].join('\n') + '\n';
}

describe('what a good file gives', () => {
  test('a grid from the first timestamp on, at the most common distance, gaps left as gaps', async () => {
    const rows = [0, 1, 2, 5, 6].map((slot) => `${isoAt(slot)},${slot + 0.5}`);
    const recording = await loadText([HEADER, ...rows].join('\n'));
    expect(recording).toMatchObject({ name: 'test', stepSeconds: 60, startAtMs: START_MS, warnings: [] });
    expect(valuesOf(recording)).toEqual([0.5, 1.5, 2.5, null, null, 5.5, 6.5]);
  });

  test.each([
    ['CRLF line ends', minutes('1', '2').replaceAll('\n', '\r\n')],
    ['a UTF-8 byte order mark', '\ufeff' + minutes('1', '2')],
    ['no line end after the last row', minutes('1', '2').trimEnd()],
    ['empty lines', minutes('1', '2').replaceAll('\n', '\n\n')],
    ['quoted fields', `"timestamp","arrival_rate_rps"\n"${isoAt(0)}","1"\n"${isoAt(1)}", "2" \n`],
    ['trailing commas', `${HEADER},\n${isoAt(0)},1,\n${isoAt(1)},2,\n`],
    ['trailing commas in rows only', `${HEADER}\n${isoAt(0)},1,,\n${isoAt(1)},2,\n`],
    ['blanks around fields', `timestamp , arrival_rate_rps\n ${isoAt(0)} ,\t1 \n${isoAt(1)}, 2\n`],
    ['the other name of the column', minutes('1', '2').replace('arrival_rate_rps', 'requests_per_second')],
    ['epoch seconds', `${HEADER}\n${START_MS / 1000},1\n${START_MS / 1000 + 60},2\n`],
    ['epoch milliseconds', `${HEADER}\n${START_MS},1\n${START_MS + MINUTE_MS},2\n`],
    ['another time zone', `${HEADER}\n2025-07-22T10:00:00+02:00,1\n2025-07-22T10:01:00+0200,2\n`],
    ['minutes only', `${HEADER}\n2025-07-22T08:00Z,1\n2025-07-22T08:01Z,2\n`],
    ['rows newest first', minutes('1', '2').split('\n').slice(0, 3).sort().reverse().join('\n')],
    ['numbers with exponents and plus signs', minutes('+1.0', '0.2e1')],
  ])('%s make no difference', async (_what, text) => {
    const recording = await loadText(text);
    expect(recording).toMatchObject({ stepSeconds: 60, startAtMs: START_MS });
    expect(valuesOf(recording)).toEqual([1, 2]);
  });

  test('gzip is told by its first bytes, also where the first chunk holds only one of them', async () => {
    for (const chunkBytes of [1, 7, Infinity])
      expect(valuesOf(await loadText(gzipped(minutes('1', '2', '3')), chunkBytes))).toEqual([1, 2, 3]);
  });

  test('an empty cell is no sample; a cell that says NaN is a sample that is not a number', async () => {
    const text = `${HEADER},latency_seconds\n${isoAt(0)},1,0.1\n${isoAt(1)},,NaN\n${isoAt(2)},nan,\n`;
    const recording = await loadText(text);
    expect(valuesOf(recording)).toEqual([1, null, null]);
    expect(recording.notANumberSlots).toEqual({
      arrivalRate: Uint32Array.of(2),
      latency: Uint32Array.of(1),
    });
  });

  test('every column is read into the metric that it is, on the same grid', async () => {
    const columns =
      'cpu_utilization_ratio,arrival_rate_rps,memory_utilization_ratio,latency_seconds,error_ratio,connections,' +
      'disk_io_bytes_per_second,in_flight,throughput_rps,busy_slots,replicas,ready_replicas';
    const text = `timestamp,${columns}\n${isoAt(0)},1,2,3,4,5,6,7,8,9,10,11,12\n${isoAt(1)},,,,,,,,,,,,\n`;
    const { columns: read } = await loadText(text);
    const firsts = Object.fromEntries(
      Object.entries(read).map(([metric, { values }]) => [metric, values[0]]),
    );
    expect(firsts).toEqual({
      cpuUtilization: 1,
      arrivalRate: 2,
      memoryUtilization: 3,
      latency: 4,
      errorRatio: 5,
      connections: 6,
      diskIo: 7,
      inFlight: 8,
      throughput: 9,
      busySlots: 10,
      replicas: 11,
      readyReplicas: 12,
    });
  });

  test('the phase of the grid is that of the first timestamp', async () => {
    const rows = ['2015-02-26T21:42:53Z,1', '2015-02-26T21:47:53Z,2', '2015-02-26T21:57:53Z,3'];
    const recording = await loadText([HEADER, ...rows, '2015-02-26T22:02:53Z,4'].join('\n'));
    expect(recording.startAtMs).toBe(Date.UTC(2015, 1, 26, 21, 42, 53));
    expect(valuesOf(recording)).toEqual([1, 2, null, 3, 4]);
  });

  test('the same, whatever the borders of the chunks', async () => {
    const text = minutes('1.5', '', 'NaN', '4', '1e3').replace('\n', '\r\n');
    const whole = await loadText(text);
    for (let chunkBytes = 1; chunkBytes < 40; chunkBytes += 1)
      expect(await loadText(text, chunkBytes)).toEqual(whole);
  });

  test('property: rows with gaps, in order or shuffled, lie in their slots', async () => {
    const slots = fc.uniqueArray(fc.nat(12_000), { minLength: 9_000, maxLength: 11_000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(slots, fc.boolean(), async (drawn, shuffled) => {
        // Neighbours, so that the step is a minute.
        const all = [...new Set([0, 1, 2, ...drawn])];
        if (!shuffled) all.sort((a, b) => a - b);
        const text = [HEADER, ...all.map((slot) => `${isoAt(slot)},${slot}`)].join('\n');
        const values = valuesOf(await loadText(text));
        expect(values).toHaveLength(Math.max(...all) + 1);
        const present = values.flatMap((value, slot) => (value === null ? [] : [[slot, value]]));
        expect(present).toEqual([...all].sort((a, b) => a - b).map((slot) => [slot, slot]));
      }),
      { numRuns: 4 },
    );
  });

  test('property: what is printed is read back to the last bit', async () => {
    const sample = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: null });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 2, maxLength: 40 }), async (samples) => {
        const cells = samples.map((value) => (value === null ? '' : String(value)));
        expect(valuesOf(await loadText(minutes(...cells)))).toEqual(
          samples.map((value) => value && value + 0),
        );
      }),
    );
  });
});

describe('what is put right is counted', () => {
  const first = '2025-07-22T08:01:00Z';
  test.each([
    [
      'exact duplicates',
      ['0,1', '1,2', '1,2', '2,3'],
      [1, 2, 3],
      'there twice with the same values: kept once',
    ],
    ['conflicting duplicates', ['0,1', '1,2', '1,9', '2,3'], [1, 2, 3], 'first ones are kept'],
    ['rows out of order', ['0,1', '2,3', '1,2', '3,4'], [1, 2, 3, 4], 'out of order: sorted in'],
  ])('%s', async (_what, rows, values, sentence) => {
    const text = [HEADER, ...rows.map((row) => row.replace(/^\d/, (slot) => isoAt(Number(slot))))].join('\n');
    const recording = await loadText(text);
    expect(valuesOf(recording)).toEqual(values);
    expect(recording.warnings).toHaveLength(1);
    expect(recording.warnings[0]).toMatch(/^1 row is /);
    expect(recording.warnings[0]).toContain(sentence);
    expect(recording.warnings[0]).toContain(`first: ${first}`);
  });

  test('a duplicate that differs in another column only is a conflict', async () => {
    const text = `${HEADER},error_ratio\n${isoAt(0)},1,0\n${isoAt(1)},2,0\n${isoAt(1)},2,0.5\n${isoAt(2)},3,0\n`;
    const recording = await loadText(text);
    expect(recording.columns.errorRatio?.values).toEqual(Float64Array.of(0, 0, 0));
    expect(recording.warnings.join()).toContain('first ones are kept');
  });

  test('timestamps that jitter stay in their slots; a row between two slots counts for the later one', async () => {
    const offsetsMs = [0, 60_003, 119_998, 180_001, 240_000, 300_004, 390_000];
    const rows = offsetsMs.map((offset, index) => `${START_MS + offset},${index}`);
    const recording = await loadText([HEADER, ...rows].join('\n'));
    expect(recording.stepSeconds).toBe(60);
    expect(valuesOf(recording)).toEqual([0, 1, 2, 3, 4, 5, null, 6]);
    expect(recording.warnings).toEqual([expect.stringContaining('5 rows are off the grid') as string]);
  });

  test('timestamps without a zone are UTC, and it is said', async () => {
    const recording = await loadText(`${HEADER}\n2014-04-10 00:04:00,1\n2014-04-10 00:09:00,2\n`);
    expect(recording.startAtMs).toBe(Date.UTC(2014, 3, 10, 0, 4));
    expect(recording.warnings).toEqual(['2 timestamps name no time zone: read as UTC']);
  });
});

describe('what is refused says where, what was got and what is allowed', () => {
  const later = `\n${isoAt(1)},2`;
  test.each([
    ['an empty file', '', /line 1: got an empty file, allowed: a header/],
    ['a header alone', `${HEADER}\n`, /line 2: got the end of the file, allowed: rows/],
    ['one row', `${HEADER}\n${isoAt(0)},1`, /got 1 row, allowed: rows for at least two different times/],
    ['no header', `${isoAt(0)},1${later}`, /line 1: got ".*", allowed: a header such as "timestamp,/],
    ['semicolons', 'timestamp;arrival_rate_rps', /line 1: .*separated by commas/],
    [
      'an unknown column',
      `${HEADER},cpu`,
      /line 1, column 3: got "cpu", allowed: arrival_rate_rps, .*replicas/,
    ],
    ['a column of every object', `${HEADER},constructor`, /line 1, column 3: got "constructor"/],
    [
      'no rate',
      'timestamp,in_flight',
      /columns in_flight, allowed: the required column arrival_rate_rps or requests/,
    ],
    ['no column at all', 'timestamp', /no column beside timestamp/],
    [
      'both names of the rate',
      `${HEADER},requests_per_second`,
      /column 3: got both .*either .* or .*the same/,
    ],
    ['a column twice', `${HEADER},replicas,replicas`, /column 4: got both .*allowed: replicas once/],
    [
      'a word for a number',
      minutes('1', 'two'),
      /line 3, arrival_rate_rps: got "two", allowed: a number of at/,
    ],
    ['a negative rate', minutes('1', '-0.5'), /line 3, arrival_rate_rps: got "-0.5", allowed: .*at least 0/],
    ['infinity', minutes('1', 'Inf'), /line 3, arrival_rate_rps: got "Inf"/],
    ['a hexadecimal number', minutes('1', '0x10'), /got "0x10"/],
    ['a number too large', minutes('1', '1e999'), /got "1e999"/],
    ['a decimal comma', minutes('1', '"1,5"'), /line 3, arrival_rate_rps: got "1,5"/],
    [
      'too few fields',
      minutes('1') + isoAt(1),
      /line 3: got ".*", allowed: 2 fields .*timestamp,arrival_rate_rps/,
    ],
    ['too many fields', minutes('1', '2,3'), /line 3: got ".*2,3", allowed: 2 fields/],
    ['an open quote', minutes('1', '"2'), /line 3: got/],
    ['text after a quote', minutes('1', '"2"x'), /line 3: got/],
    [
      'a day that does not exist',
      `${HEADER}\n2025-02-30T00:00:00Z,1`,
      /line 2, timestamp: got "2025-02-30T00:00:00Z"/,
    ],
    ['an hour that does not exist', `${HEADER}\n2025-02-03T24:00:00Z,1`, /line 2, timestamp/],
    ['a year of two digits', `${HEADER}\n0099-02-03T04:00:00Z,1`, /line 2, timestamp/],
    ['microseconds', `${HEADER}\n${START_MS}000,1`, /line 2, timestamp: .*allowed: an ISO 8601 time such as/],
    ['an empty timestamp', `${HEADER}\n,1`, /line 2, timestamp: got ""/],
    ['one time for all rows', `${HEADER}\n${isoAt(0)},1\n${isoAt(0)},2`, /got 2 rows for the same time/],
    [
      'a time far from the others',
      `${minutes('1', '2', '3')}1970-01-01T00:00:00Z,4`,
      /4 rows between 1970-01-01T00:00:00Z and 2025.*is one of the times wrong/,
    ],
    [
      'a line without end',
      HEADER + '\n' + 'x'.repeat(70_000),
      /line 2: got a longer line, allowed: .*65536 bytes/,
    ],
  ])('%s', async (_what, text, message) => {
    const refusal = await refusalOf(text);
    expect(refusal).toContain('recording test');
    expect(refusal).toMatch(message);
  });

  test('bytes that are no UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(minutes('1')),
      Buffer.from(`${isoAt(1)},`),
      Buffer.of(0xff, 0xfe),
    ]);
    expect(await refusalOf(bytes)).toMatch(/line 3, arrival_rate_rps: got "\ufffd\ufffd"/);
  });

  test('UTF-16', async () => {
    expect(await refusalOf(Buffer.from('\ufeff' + minutes('1', '2'), 'utf16le'))).toMatch(
      /UTF-16.*allowed: UTF-8/,
    );
  });

  test('gzip that is cut off or damaged', async () => {
    const whole = gzipped(minutes(...Array.from({ length: 500 }, (_, slot) => String(Math.sin(slot) ** 2))));
    expect(await refusalOf(whole.slice(0, whole.length / 2))).toMatch(
      /file: got a gzip file that is cut off/,
    );
    const damaged = whole.slice();
    damaged.fill(0xff, 40, 90);
    expect(await refusalOf(damaged)).toMatch(/file: got a gzip file with damaged content/);
  });

  test('property: any bytes are either read or refused, never a crash', async () => {
    const tail = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(tail, fc.boolean(), async (bytes, afterRows) => {
        const head = Buffer.from(afterRows ? minutes('1', '2') : '');
        const content = Buffer.concat([head, Buffer.from(bytes as Uint8Array)]);
        await loadText(content).then(
          () => undefined,
          (error: unknown) => expect(error).toMatchObject({ code: 'invalidInput' }),
        );
      }),
      { numRuns: 200 },
    );
  });
});
