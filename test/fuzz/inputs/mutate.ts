import type { Random } from '../../../src/domain/random.ts';

/** What bytes, texts and values of a program's input are replaced by on purpose. */
const HOSTILE_NUMBERS = [0, -0, -1, 1e-320, 1e308, -1e308, 2 ** 53, 2 ** 31, 0.1, NaN, Infinity, -Infinity];
const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\uD800',
  '\u202Ea',
  'é'.repeat(3000),
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '-Infinity',
  '1e999',
  '9'.repeat(400),
  '2026-13-45T99:99:99Z',
  '${jndi:x}',
  '(a+)+$'.repeat(50),
  '999999999999999999999d',
  '[1m',
];

export function pick<One>(random: Random, from: readonly One[]): One {
  return from[Math.floor(random() * from.length)];
}

function index(random: Random, length: number): number {
  return Math.floor(random() * length);
}

type ByteMutation = (bytes: Buffer, random: Random) => Buffer;

const BYTE_MUTATIONS: readonly ByteMutation[] = [
  // cut off
  (bytes, random) => bytes.subarray(0, index(random, bytes.length + 1)),
  // one bit
  (bytes, random) => {
    const flipped = Buffer.from(bytes);
    if (flipped.length > 0) flipped[index(random, flipped.length)] ^= 1 << index(random, 8);
    return flipped;
  },
  // any byte, at a few places
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let k = 0; k < 4 && changed.length > 0; k += 1)
      changed[index(random, changed.length)] = index(random, 256);
    return changed;
  },
  // a part left out
  (bytes, random) => {
    const from = index(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + index(random, 40))]);
  },
  // a part again and again
  (bytes, random) => {
    const from = index(random, bytes.length + 1);
    const part = bytes.subarray(from, from + 1 + index(random, 30));
    return Buffer.concat([
      bytes.subarray(0, from),
      ...Array<Buffer>(1 + index(random, 20)).fill(part),
      bytes.subarray(from),
    ]);
  },
  // something hostile in between
  (bytes, random) => {
    const at = index(random, bytes.length + 1);
    const hostile = Buffer.from(
      `${random() < 0.5 ? pick(random, HOSTILE_TEXTS) : pick(random, HOSTILE_NUMBERS)}`,
    );
    return Buffer.concat([bytes.subarray(0, at), hostile, bytes.subarray(at)]);
  },
  // two parts exchanged
  (bytes, random) => {
    const [a, b] = [index(random, bytes.length + 1), index(random, bytes.length + 1)].sort((x, y) => x - y);
    return Buffer.concat([bytes.subarray(b), bytes.subarray(a, b), bytes.subarray(0, a)]);
  },
];

/** The bytes with one to three things done to them. */
export function mutatedBytes(bytes: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let k = 0; k <= index(random, 3); k += 1) changed = pick(random, BYTE_MUTATIONS)(changed, random);
  return changed;
}

/** A value of any form, now and then of a hostile depth or size. */
export function anyValue(random: Random, depth = 0): unknown {
  const kind = index(random, depth > 3 ? 4 : 8);
  switch (kind) {
    case 0:
      return pick(random, HOSTILE_NUMBERS);
    case 1:
      return pick(random, HOSTILE_TEXTS);
    case 2:
      return pick(random, [null, true, false, undefined]);
    case 3:
      return index(random, 1000) / 10;
    case 4:
      return Array.from({ length: index(random, 4) }, () => anyValue(random, depth + 1));
    case 5:
      return { [pick(random, HOSTILE_TEXTS)]: anyValue(random, depth + 1) };
    case 6:
      return nested(1 + index(random, 200));
    default:
      return Array<number>(index(random, 500)).fill(index(random, 9));
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let k = 0; k < depth; k += 1) value = k % 2 === 0 ? [value] : { a: value };
  return value;
}

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** A copy of plain data in which one to three values, wherever they are, are replaced, left out, added or doubled. */
export function mutatedValue(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  for (let k = 0; k <= index(random, 3); k += 1) mutateOnce(copy, random);
  return copy;
}

function mutateOnce(root: unknown, random: Random): void {
  let at = root;
  while (isContainer(at)) {
    const keys = Object.keys(at);
    const key = pick(random, keys);
    const inner = key === undefined ? undefined : (at as Record<string, unknown>)[key];
    if (isContainer(inner) && random() < 0.75) {
      at = inner;
      continue;
    }
    changeAt(at as Record<string, unknown>, key ?? 'a', random);
    return;
  }
}

function changeAt(at: Record<string, unknown>, key: string, random: Random): void {
  const way = random();
  if (way < 0.2) delete at[key];
  else if (way < 0.35)
    at[Array.isArray(at) ? String(at.length) : pick(random, HOSTILE_TEXTS)] = anyValue(random);
  else if (way < 0.5 && typeof at[key] === 'string')
    at[key] = mutatedBytes(Buffer.from(at[key]), random).toString('utf8');
  else if (way < 0.6 && typeof at[key] === 'number') at[key] *= pick(random, [-1, 0.5, 10, 1e6, 1e-9]);
  else at[key] = anyValue(random);
}
