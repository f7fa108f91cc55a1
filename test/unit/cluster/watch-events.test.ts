import { expect, test } from 'vitest';
import { watchEvents } from '../../../src/cluster/watch-events.ts';

const line = (name: string): string => `{"type":"ADDED","object":{"metadata":{"name":"${name}"}}}\n`;

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function namesOf(body: AsyncIterable<Buffer>): Promise<string[]> {
  const names: string[] = [];
  for await (const { object } of watchEvents(body)) names.push(object.metadata.name);
  return names;
}

test('events are whole however the bytes are cut, also within a character', async () => {
  const names = ['a', 'grün', '数'];
  for (const size of [1, 2, 3, 7, 1000])
    expect(await namesOf(inChunks(names.map(line).join(''), size))).toEqual(names);
});

test('a last line that broke off is no event', async () => {
  expect(await namesOf(inChunks(line('a') + line('b').slice(0, -5), 9))).toEqual(['a']);
});

test('a line that is not JSON ends the watch with an error', async () => {
  await expect(namesOf(inChunks('<html>\n', 100))).rejects.toThrow(/JSON/);
});
