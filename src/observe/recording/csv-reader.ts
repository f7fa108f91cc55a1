import { invalidInput } from '../../domain/errors.ts';
import type { RecordingReader } from './recording-reader.ts';
import { CsvFields } from './csv-fields.ts';
import { parseCsvHeader, type CsvHeader } from './csv-header.ts';
import type { DoneRatio } from './growing-numbers.ts';
import type { ReadTables } from './grid-from-tables.ts';
import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.ts';
import { decimalFromBytes } from './parse-decimal.ts';
import { TIMESTAMP_FORM, TimestampReader } from './parse-timestamp.ts';
import { emptyTable, type SampleColumn, type SampleTable } from './sample-table.ts';

const VALUE_FORM = 'a number of at least 0, NaN, or nothing where there is no sample';
const NOT_A_NUMBER = /^nan$/i;

/**
 * Reads CSV from bytes as they come: rows go straight into typed arrays, without a string, an array or an object per
 * row. (The csv-parse package, on the same file and machine, took seven times the processor time.)
 */
export class CsvReader implements RecordingReader {
  readonly #name: string;
  readonly #lines: LineSplitter;
  readonly #fields = new CsvFields();
  readonly #timestamps = new TimestampReader();
  #lineNumber = 0;
  #header: CsvHeader | undefined;
  #table: SampleTable;
  readonly #doneRatio: DoneRatio;

  constructor(name: string, doneRatio: DoneRatio) {
    this.#name = name;
    this.#doneRatio = doneRatio;
    this.#table = emptyTable([], doneRatio);
    this.#lines = new LineSplitter(
      (bytes, from, to) => this.#line(bytes, from, to),
      () => this.#lineTooLong(),
    );
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): ReadTables {
    this.#lines.end();
    if (this.#header === undefined)
      throw this.#invalid(
        'line 1',
        'an empty file',
        'a header such as "timestamp,arrival_rate_rps" and rows',
      );
    if (this.#table.startsAtMs.rows === 0)
      throw this.#invalid('line 2', 'the end of the file', 'rows after the header');
    const { assumedUtcRows } = this.#timestamps;
    const warnings =
      assumedUtcRows === 0 ? [] : [`${assumedUtcRows} timestamps name no time zone: read as UTC`];
    return { name: this.#name, tables: [this.#table], stampedAtEnd: false, warnings };
  }

  #line(bytes: Uint8Array, from: number, to: number): void {
    this.#lineNumber += 1;
    if (to === from) return;
    if (this.#header === undefined) this.#readHeader(bytes, from, to);
    else this.#readRow(bytes, from, to);
  }

  #readHeader(bytes: Uint8Array, from: number, to: number): void {
    const header = parseCsvHeader(textOf(bytes, from, to));
    if (header.problems.length > 0) throw invalidInput(`recording ${this.#name}`, header.problems);
    this.#header = header;
    this.#table = emptyTable(header.metrics, this.#doneRatio);
  }

  #readRow(bytes: Uint8Array, from: number, to: number): void {
    const fields = this.#fields;
    const { columns, startsAtMs } = this.#table;
    fields.start(bytes, from, to);
    fields.next();
    const atMs = this.#timestamps.read(bytes, fields.from, fields.to);
    if (!(atMs >= 0)) throw this.#badField(bytes, 'timestamp', TIMESTAMP_FORM);
    for (let i = 0; i < columns.length; i += 1) {
      if (!fields.next()) throw this.#badRow(bytes, from, to);
      const value = decimalFromBytes(bytes, fields.from, fields.to);
      if (value >= 0) columns[i].values.push(value);
      else this.#pushOddCell(bytes, columns[i], i);
    }
    while (fields.next()) if (fields.to > fields.from) throw this.#badRow(bytes, from, to);
    if (fields.badQuote) throw this.#badRow(bytes, from, to);
    startsAtMs.push(atMs);
  }

  /** What is no plain number: an empty cell, NaN, or a mistake. */
  #pushOddCell(bytes: Uint8Array, column: SampleColumn, index: number): void {
    const { from, to } = this.#fields;
    const empty = to === from;
    if (!empty && !NOT_A_NUMBER.test(textOf(bytes, from, to)))
      throw this.#badField(bytes, this.#header!.columnNames[index], VALUE_FORM);
    if (!empty) column.notANumberRows.push(this.#table.startsAtMs.rows);
    column.values.push(Number.NaN);
  }

  #badField(bytes: Uint8Array, column: string, allowed: string): Error {
    const got = JSON.stringify(textOf(bytes, this.#fields.from, this.#fields.to).slice(0, 80));
    return this.#invalid(`line ${this.#lineNumber}, ${column}`, got, allowed);
  }

  #badRow(bytes: Uint8Array, from: number, to: number): Error {
    const { columnNames } = this.#header!;
    const got = JSON.stringify(textOf(bytes, from, to).slice(0, 120));
    const allowed = `${columnNames.length + 1} fields separated by commas (timestamp,${columnNames.join(',')})`;
    return this.#invalid(`line ${this.#lineNumber}`, got, allowed);
  }

  #lineTooLong(): never {
    const allowed = `lines of at most ${MAX_LINE_BYTES} bytes (is this a CSV file?)`;
    throw this.#invalid(`line ${this.#lineNumber + 1}`, 'a longer line', allowed);
  }

  #invalid(path: string, got: string, allowed: string): Error {
    return invalidInput(`recording ${this.#name}`, [{ path, got, allowed }]);
  }
}

/** Bytes that are no UTF-8 show as U+FFFD in the message. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
