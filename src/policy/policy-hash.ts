const FNV_PRIME_LOW = 0x1b3;
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const TWO_TO_32 = 4_294_967_296;

/**
 * FNV-1a, 64 bit (Fowler, Noll, Vo; draft-eastlake-fnv), of the text's UTF-8, as 16 hexadecimal digits. It tells
 * versions of a policy apart; it is not a defence against forgery.
 *
 * The state is two 32-bit halves: the prime is 2^40 + 0x1b3, so that hash * prime = (hash << 40) + hash * 0x1b3, and
 * every product stays below 2^53.
 */
export function fnv1a64(text: string): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  for (const byte of new TextEncoder().encode(text)) {
    low = (low ^ byte) >>> 0;
    const product = low * FNV_PRIME_LOW;
    const carry = Math.floor(product / TWO_TO_32);
    high = (high * FNV_PRIME_LOW + carry + low * 256) % TWO_TO_32;
    low = product % TWO_TO_32;
  }
  return hex32(high) + hex32(low);
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** JSON with the keys of every object in order: equal values give equal texts, however they were written. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
