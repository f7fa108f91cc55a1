const COMMA = 0x2c;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Walks over the fields of one line of CSV in place: after `next`, the field's content is bytes [from, to), without
 * the blanks or quotes around it. No strings are made. A quoted field cannot hold a quote or a line break: neither
 * a time nor a number has one.
 */
export class CsvFields {
  from = 0;
  to = 0;
  /** The line broke the rules of quoting; `next` gives no more fields. */
  badQuote = false;
  #at = 0;
  #end = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #more = false;

  start(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#more = true;
    this.badQuote = false;
  }

  /** Whether there was another field. */
  next(): boolean {
    if (!this.#more || this.badQuote) return false;
    const from = skipBlanks(this.#bytes, this.#at, this.#end);
    if (from < this.#end && this.#bytes[from] === QUOTE) return this.#nextQuoted(from + 1);
    this.#nextPlain(from);
    return true;
  }

  #nextPlain(from: number): void {
    const bytes = this.#bytes;
    let to = from;
    while (to < this.#end && bytes[to] !== COMMA) to += 1;
    this.#moveTo(to);
    while (to > from && isBlank(bytes[to - 1])) to -= 1;
    this.from = from;
    this.to = to;
  }

  #nextQuoted(from: number): boolean {
    const closing = this.#bytes.subarray(from, this.#end).indexOf(QUOTE);
    const after = skipBlanks(this.#bytes, from + closing + 1, this.#end);
    this.badQuote = closing < 0 || (after < this.#end && this.#bytes[after] !== COMMA);
    this.from = from;
    this.to = this.badQuote ? this.#end : from + closing;
    if (this.badQuote) return false;
    this.#moveTo(after);
    return true;
  }

  #moveTo(separator: number): void {
    this.#more = separator < this.#end;
    this.#at = separator + 1;
  }
}

function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at])) at += 1;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
