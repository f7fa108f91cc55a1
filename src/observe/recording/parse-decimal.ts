const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;

const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** Up to this many digits a mantissa is exact in a double, and so is its quotient's rounding. */
const EXACT_DIGITS = 15;
const DECIMAL = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * The non-negative decimal number in bytes [from, to), NaN when there is none.
 *
 * Plain digits with at most one dot and fifteen digits (the usual case) are summed up without making a string:
 * mantissa and power of ten are both exact, so one division rounds as correctly as `Number(text)`.
 */
export function decimalFromBytes(bytes: Uint8Array, from: number, to: number): number {
  let mantissa = 0;
  let dotAt = -1;
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i];
    if (byte >= ZERO && byte <= NINE) mantissa = mantissa * 10 + (byte - ZERO);
    else if (byte === DOT && dotAt < 0) dotAt = i;
    else return decimalFromText(bytes, from, to);
  }
  const digits = to - from - (dotAt < 0 ? 0 : 1);
  if (digits === 0 || digits > EXACT_DIGITS) return decimalFromText(bytes, from, to);
  return dotAt < 0 ? mantissa : mantissa / POWERS_OF_TEN[to - dotAt - 1];
}

function decimalFromText(bytes: Uint8Array, from: number, to: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
