import { invalidInput } from '../../domain/errors.ts';
import { CsvReader } from './csv-reader.ts';
import type { DoneRatio } from './growing-numbers.ts';
import type { ReadTables } from './grid-from-tables.ts';
import { MatrixReader } from './matrix-reader.ts';
import type { RecordingReader } from './recording-reader.ts';

const UTF8_BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const UTF16_BYTE_ORDER_MARKS = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const OPENING_BRACE = 0x7b;

/** JSON starts with a brace, CSV with the name of its first column: chooses the reader by the first bytes. */
export class FormatDetector implements RecordingReader {
  readonly #name: string;
  readonly #doneRatio: DoneRatio;
  #head: Uint8Array = new Uint8Array(0);
  #reader: RecordingReader | undefined;

  constructor(name: string, doneRatio: DoneRatio) {
    this.#name = name;
    this.#doneRatio = doneRatio;
  }

  push(chunk: Uint8Array): void {
    if (this.#reader !== undefined) return this.#reader.push(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= UTF8_BYTE_ORDER_MARK.length) this.#choose();
  }

  end(): ReadTables {
    return (this.#reader ?? this.#choose()).end();
  }

  #choose(): RecordingReader {
    const head = this.#head;
    if (UTF16_BYTE_ORDER_MARKS.some((mark) => startsWith(head, mark)))
      throw invalidInput(`recording ${this.#name}`, [
        { path: 'byte 0', got: 'a UTF-16 byte order mark', allowed: 'UTF-8 text, plain or gzipped' },
      ]);
    const text = head.subarray(startsWith(head, UTF8_BYTE_ORDER_MARK) ? UTF8_BYTE_ORDER_MARK.length : 0);
    const first = text.find((byte) => !BLANKS.includes(byte));
    const Reader = first === OPENING_BRACE ? MatrixReader : CsvReader;
    this.#reader = new Reader(this.#name, this.#doneRatio);
    this.#reader.push(text);
    return this.#reader;
  }
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}
