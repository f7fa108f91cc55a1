import { invalidInput } from '../../domain/errors.ts';
import type { DoneRatio } from './growing-numbers.ts';
import type { ReadTables } from './grid-from-tables.ts';
import { jsonStringText, JsonScanner, type JsonVisitor } from './json-scanner.ts';
import { type MatrixSeries, nameMatrixSeries } from './matrix-columns.ts';
import { decimalFromBytes } from './parse-decimal.ts';
import type { RecordingReader } from './recording-reader.ts';
import { emptyTable, type SampleTable } from './sample-table.ts';

/** The objects and arrays of the answer that matter; whatever else it has is skipped over. */
type Place =
  'top' | 'root' | 'data' | 'result' | 'series' | 'metric' | 'values' | 'pair' | 'warnings' | 'other';

/** `<place>.<name>` -> the place that opens there; the name is empty inside an array. */
const PLACES: Readonly<Record<string, Place>> = {
  'top.': 'root',
  'root.data': 'data',
  'root.warnings': 'warnings',
  'data.result': 'result',
  'result.': 'series',
  'series.metric': 'metric',
  'series.values': 'values',
};
/** What Prometheus says where another program, or its own instant query, would say something else. */
const EXPECTED_TEXTS: Readonly<Record<string, { is: string; allowed: string }>> = {
  'root.status': { is: 'success', allowed: 'success' },
  'data.resultType': { is: 'matrix', allowed: 'matrix, the answer of /api/v1/query_range' },
};
const UNREADABLE: Readonly<Record<string, string>> = {
  'series.value': 'an instant value',
  'series.histograms': 'native histograms',
};

/** Sample values that are numbers to Prometheus and say nothing about a load. */
const NOT_A_LOAD = /^(?:nan|[+-]?inf)$/i;

/**
 * Reads what Prometheus' `/api/v1/query_range` answers, as its bytes come:
 * `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{…},"values":[[seconds,"value"],…]},…]}}`.
 * Samples are stamped at the end of the slot that they are the mean of.
 */
export class MatrixReader implements RecordingReader, JsonVisitor {
  readonly #name: string;
  readonly #doneRatio: DoneRatio;
  readonly #scanner: JsonScanner;
  readonly #series: (MatrixSeries & { readonly labels: Map<string, string> })[] = [];
  readonly #warnings: string[] = [];
  readonly #places: Place[] = ['top'];
  /** The name of the value to come, in an object. */
  #key = '';
  /** How many values of the current [time, value] pair have been seen. */
  #pairLength = 0;
  #stampMs = Number.NaN;

  constructor(name: string, doneRatio: DoneRatio) {
    this.#name = name;
    this.#doneRatio = doneRatio;
    this.#scanner = new JsonScanner(this, (atByte, got, allowed) => {
      throw this.#invalid(`byte ${atByte}`, got, allowed);
    });
  }

  push(chunk: Uint8Array): void {
    this.#scanner.push(chunk);
  }

  end(): ReadTables {
    this.#scanner.end();
    if (this.#series.length === 0)
      throw this.#invalid('data.result', 'no series', 'at least one series with samples');
    const { tables, problems } = nameMatrixSeries(this.#series);
    if (problems.length > 0) throw invalidInput(`recording ${this.#name}`, problems);
    return { name: this.#name, tables, stampedAtEnd: true, warnings: this.#warnings };
  }

  open(): void {
    this.#pairLength = 0;
    if (this.#place === 'values') this.#places.push('pair');
    else this.#openNamed();
  }

  #openNamed(): void {
    const unreadable = UNREADABLE[this.#here];
    if (unreadable !== undefined) throw this.#invalid(this.#seriesPath, unreadable, 'a matrix of numbers');
    const place = PLACES[this.#here] ?? 'other';
    this.#places.push(place);
    this.#key = '';
    if (place === 'series')
      this.#series.push({ labels: new Map(), table: emptyTable(['arrivalRate'], this.#doneRatio) });
  }

  close(): void {
    if (this.#places.pop() === 'pair' && this.#pairLength !== 2)
      throw this.#invalid(this.#samplePath, `${this.#pairLength} values`, 'a pair [seconds, "value"]');
    this.#key = '';
  }

  key(text: string): void {
    this.#key = text;
  }

  string(bytes: Uint8Array, from: number, to: number): void {
    if (this.#place === 'pair') return this.#sampleValue(bytes, from, to);
    const expected = EXPECTED_TEXTS[this.#here];
    if (this.#place === 'metric') this.#series.at(-1)!.labels.set(this.#key, jsonStringText(bytes, from, to));
    else if (this.#place === 'warnings')
      this.#warnings.push(`the source warned: ${jsonStringText(bytes, from, to)}`);
    else if (expected !== undefined) this.#expectText(expected, jsonStringText(bytes, from, to));
  }

  number(bytes: Uint8Array, from: number, to: number): void {
    if (this.#place !== 'pair') return;
    const seconds = decimalFromBytes(bytes, from, to);
    this.#stampMs = Math.round(seconds * 1000);
    this.#pairLength += 1;
    if (this.#pairLength !== 1 || !Number.isSafeInteger(this.#stampMs))
      throw this.#badSample(bytes, from, to, 'seconds since the epoch, then the value in quotes');
  }

  literal(text: string): void {
    if (this.#place === 'pair') throw this.#invalid(this.#samplePath, text, 'a pair [seconds, "value"]');
  }

  #sampleValue(bytes: Uint8Array, from: number, to: number): void {
    const value = decimalFromBytes(bytes, from, to);
    const { startsAtMs, columns } = this.#table;
    const notALoad = Number.isNaN(value) && NOT_A_LOAD.test(jsonStringText(bytes, from, to));
    this.#pairLength += 1;
    if (this.#pairLength !== 2 || (Number.isNaN(value) && !notALoad))
      throw this.#badSample(
        bytes,
        from,
        to,
        'seconds since the epoch, then a number of at least 0 in quotes',
      );
    if (notALoad) columns[0].notANumberRows.push(startsAtMs.rows);
    columns[0].values.push(value);
    startsAtMs.push(this.#stampMs);
  }

  #expectText(expected: { is: string; allowed: string }, text: string): void {
    const path = this.#here.replace('root.', '');
    if (text !== expected.is) throw this.#invalid(path, JSON.stringify(text), expected.allowed);
  }

  get #place(): Place {
    return this.#places.at(-1)!;
  }

  get #here(): string {
    return `${this.#place}.${this.#key}`;
  }

  get #table(): SampleTable {
    return this.#series.at(-1)!.table;
  }

  get #seriesPath(): string {
    return `data.result[${this.#series.length - 1}]`;
  }

  get #samplePath(): string {
    return `${this.#seriesPath}.values[${this.#table.startsAtMs.rows}]`;
  }

  #badSample(bytes: Uint8Array, from: number, to: number, allowed: string): Error {
    const got = JSON.stringify(jsonStringText(bytes, from, Math.min(to, from + 80)));
    return this.#invalid(this.#samplePath, got, allowed);
  }

  #invalid(path: string, got: string, allowed: string): Error {
    return invalidInput(`recording ${this.#name}`, [{ path, got, allowed }]);
  }
}
