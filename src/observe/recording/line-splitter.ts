const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A recording's line has a dozen numbers; what is longer is no text of lines. */
export const MAX_LINE_BYTES = 65_536;

export type LineVisitor = (bytes: Uint8Array, from: number, to: number) => void;

/** Cuts chunks of bytes into lines, whatever the chunks' borders. Lines end in LF or CRLF; the last may end in neither. */
export class LineSplitter {
  readonly #visit: LineVisitor;
  readonly #onTooLong: () => never;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(visit: LineVisitor, onTooLong: () => never) {
    this.#visit = visit;
    this.#onTooLong = onTooLong;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      this.#line(bytes, from, to);
      from = to + 1;
    }
    if (bytes.length - from > MAX_LINE_BYTES) this.#onTooLong();
    this.#rest = Uint8Array.prototype.slice.call(bytes, from);
  }

  end(): void {
    if (this.#rest.length > 0) this.#line(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }

  #line(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > MAX_LINE_BYTES) this.#onTooLong();
    this.#visit(bytes, from, to > from && bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to);
  }
}
