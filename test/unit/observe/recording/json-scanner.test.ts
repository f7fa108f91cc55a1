import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  jsonStringText,
  JsonScanner,
  type JsonVisitor,
} from '../../../../src/observe/recording/json-scanner.ts';

/** Builds the value that the scanner tells, to be compared with what JSON.parse makes of the same text. */
class Builder implements JsonVisitor {
  readonly roots: unknown[] = [];
  readonly #stack: { value: unknown[] | Record<string, unknown>; key: string }[] = [];

  open(bracket: '{' | '['): void {
    const value = bracket === '{' ? {} : [];
    this.#add(value);
    this.#stack.push({ value, key: '' });
  }
  close(): void {
    this.#stack.pop();
  }
  key(text: string): void {
    this.#stack.at(-1)!.key = text;
  }
  string(bytes: Uint8Array, from: number, to: number): void {
    this.#add(jsonStringText(bytes, from, to));
  }
  number(bytes: Uint8Array, from: number, to: number): void {
    this.#add(Number(Buffer.from(bytes).toString('latin1', from, to)));
  }
  literal(text: string): void {
    this.#add(JSON.parse(text));
  }

  #add(value: unknown): void {
    const top = this.#stack.at(-1);
    if (top === undefined) this.roots.push(value);
    else if (Array.isArray(top.value)) top.value.push(value);
    else
      Object.defineProperty(top.value, top.key, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
}

function scanned(text: string, chunkBytes: number): unknown {
  const builder = new Builder();
  const scanner = new JsonScanner(builder, (atByte, got, allowed) => {
    throw new Error(`byte ${atByte}: ${got}, allowed ${allowed}`);
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
  scanner.end();
  expect(builder.roots).toHaveLength(1);
  return builder.roots[0];
}

test('property: tells the same as JSON.parse, for any value and any chunks', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (value, chunk, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : 0);
        expect(scanned(text, chunk)).toEqual(JSON.parse(text));
      },
    ),
  );
});

test('property: refuses what JSON.parse refuses, but for what numbers and strings may hold', () => {
  const tokens = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', 'true', ' '), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(tokens, (parts) => {
      // Neighbouring scalars would run together.
      const text = parts.join(' ');
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      if (valid) expect(scanned(text, 3)).toEqual(JSON.parse(text));
      else expect(() => scanned(text, 3)).toThrow(/allowed/);
    }),
    { numRuns: 2000 },
  );
});
