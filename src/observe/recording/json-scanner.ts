/** What a JSON text consists of, in order. Strings and numbers are bytes [from, to), valid during the call only. */
export interface JsonVisitor {
  open(bracket: '{' | '['): void;
  close(): void;
  key(text: string): void;
  /** `from` and `to` lie inside the quotes. */
  string(bytes: Uint8Array, from: number, to: number): void;
  number(bytes: Uint8Array, from: number, to: number): void;
  /** true, false or null. */
  literal(text: string): void;
}

type Expected = 'value' | 'valueOrClose' | 'keyOrClose' | 'key' | 'colon' | 'commaOrClose' | 'end';

const MAX_DEPTH = 32;
/** Longer than any label; a string without an end must not be collected for ever. */
const MAX_TOKEN_BYTES = 1_048_576;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LITERALS: readonly string[] = ['true', 'false', 'null'];

/**
 * An incremental JSON scanner: bytes in chunks of any size in, one call per token out, memory for one token and the
 * nesting. `invalid` is called with the position and what is wrong, and must throw.
 */
export class JsonScanner {
  readonly #visitor: JsonVisitor;
  readonly #invalid: (atByte: number, got: string, allowed: string) => never;
  readonly #brackets: ('{' | '[')[] = [];
  #expected: Expected = 'value';
  #rest: Uint8Array = new Uint8Array(0);
  #consumedBytes = 0;

  constructor(visitor: JsonVisitor, invalid: (atByte: number, got: string, allowed: string) => never) {
    this.#visitor = visitor;
    this.#invalid = invalid;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = this.#scan(bytes, false);
    if (bytes.length - end > MAX_TOKEN_BYTES)
      this.#fail(end, 'a longer token', `at most ${MAX_TOKEN_BYTES} bytes`);
    this.#rest = Uint8Array.prototype.slice.call(bytes, end);
    this.#consumedBytes += end;
  }

  end(): void {
    const end = this.#scan(this.#rest, true);
    if (end < this.#rest.length || this.#expected !== 'end')
      this.#fail(end, 'the end of the file', 'the rest of the JSON text (is it cut off?)');
  }

  /** Returns where it stopped: the end, or the start of a token that goes on in the next chunk. */
  #scan(bytes: Uint8Array, final: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#token(bytes, at, final);
      if (next < 0) return at;
      at = next;
    }
    return at;
  }

  /** The index after the token at `at`; -1 when the token may go on. */
  #token(bytes: Uint8Array, at: number, final: boolean): number {
    const byte = bytes[at];
    if (byte === QUOTE) return this.#string(bytes, at);
    if (isScalarByte(byte)) return this.#scalar(bytes, at, final);
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    this.#punctuation(bytes, at);
    return at + 1;
  }

  #punctuation(bytes: Uint8Array, at: number): void {
    const sign = String.fromCharCode(bytes[at]);
    if (sign === '{' || sign === '[') this.#open(at, sign);
    else if (sign === '}' || sign === ']') this.#close(at, sign);
    else if (sign === ':' || sign === ',') this.#separator(at, sign);
    else this.#unexpected(at, sign);
  }

  #separator(at: number, sign: ':' | ','): void {
    if (this.#expected !== (sign === ':' ? 'colon' : 'commaOrClose')) this.#unexpected(at, sign);
    this.#expected = sign === ',' && this.#brackets.at(-1) === '{' ? 'key' : 'value';
  }

  #open(at: number, bracket: '{' | '['): void {
    this.#expectValue(at, bracket);
    if (this.#brackets.length >= MAX_DEPTH) this.#fail(at, 'deeper nesting', `at most ${MAX_DEPTH} levels`);
    this.#brackets.push(bracket);
    this.#expected = bracket === '{' ? 'keyOrClose' : 'valueOrClose';
    this.#visitor.open(bracket);
  }

  #close(at: number, bracket: '}' | ']'): void {
    const opened = bracket === '}' ? '{' : '[';
    const closable = bracket === '}' ? 'keyOrClose' : 'valueOrClose';
    const fits = this.#expected === closable || this.#expected === 'commaOrClose';
    if (!fits || this.#brackets.at(-1) !== opened) this.#unexpected(at, bracket);
    this.#brackets.pop();
    this.#afterValue();
    this.#visitor.close();
  }

  #string(bytes: Uint8Array, at: number): number {
    let to = bytes.indexOf(QUOTE, at + 1);
    while (to >= 0 && isEscaped(bytes, at + 1, to)) to = bytes.indexOf(QUOTE, to + 1);
    if (to < 0) return -1;
    if (this.#expected === 'key' || this.#expected === 'keyOrClose') {
      this.#expected = 'colon';
      this.#visitor.key(jsonStringText(bytes, at + 1, to));
    } else {
      this.#expectValue(at, 'a string');
      this.#afterValue();
      this.#visitor.string(bytes, at + 1, to);
    }
    return to + 1;
  }

  #scalar(bytes: Uint8Array, at: number, final: boolean): number {
    let to = at + 1;
    while (to < bytes.length && isScalarByte(bytes[to])) to += 1;
    if (to === bytes.length && !final) return -1;
    this.#expectValue(at, 'a value');
    this.#afterValue();
    if (bytes[at] < 0x41) this.#visitor.number(bytes, at, to);
    else this.#literal(bytes, at, to);
    return to;
  }

  #literal(bytes: Uint8Array, at: number, to: number): void {
    const text = rawText(bytes, at, to);
    if (!LITERALS.includes(text)) this.#fail(at, JSON.stringify(text.slice(0, 40)), LITERALS.join(', '));
    this.#visitor.literal(text);
  }

  #expectValue(at: number, got: string): void {
    if (this.#expected !== 'value' && this.#expected !== 'valueOrClose') this.#unexpected(at, got);
  }

  #afterValue(): void {
    this.#expected = this.#brackets.length === 0 ? 'end' : 'commaOrClose';
  }

  #unexpected(at: number, got: string): never {
    this.#fail(at, JSON.stringify(got), EXPECTED_FORMS[this.#expected]);
  }

  #fail(at: number, got: string, allowed: string): never {
    return this.#invalid(this.#consumedBytes + at, got, allowed);
  }
}

const EXPECTED_FORMS: Readonly<Record<Expected, string>> = {
  value: 'a value',
  valueOrClose: 'a value or ]',
  keyOrClose: 'a name in quotes or }',
  key: 'a name in quotes',
  colon: 'a colon',
  commaOrClose: 'a comma or the closing bracket',
  end: 'the end of the file',
};

/** Bytes of numbers (+ - . digits e E) and of true, false, null. */
function isScalarByte(byte: number): boolean {
  const isDigitOrSign = (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
  return isDigitOrSign || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}

/** Whether an odd number of backslashes stands before the quote. */
function isEscaped(bytes: Uint8Array, from: number, quoteAt: number): boolean {
  let at = quoteAt;
  while (at > from && bytes[at - 1] === BACKSLASH) at -= 1;
  return (quoteAt - at) % 2 === 1;
}

/** The text of a JSON string's content, escapes resolved; an impossible escape is left as it stands. */
export function jsonStringText(bytes: Uint8Array, from: number, to: number): string {
  const raw = rawText(bytes, from, to);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

function rawText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
