import { expect, test } from 'vitest';
import { createEventClient, type EventSink } from '../../../src/api/event-client.ts';

/** A connection whose other end takes nothing unless told to. */
function aSink() {
  const written: string[] = [];
  const sink = {
    writableLength: 0,
    destroyed: false,
    ended: false,
    write(text: string) {
      written.push(text);
      sink.writableLength += Buffer.byteLength(text);
      return true;
    },
    end: () => void (sink.ended = true),
    destroy: () => void (sink.destroyed = true),
  } satisfies EventSink & Record<string, unknown>;
  return { sink, written };
}

test('an event is written as the standard has it', () => {
  const { sink, written } = aSink();
  const client = createEventClient(sink, 1000, () => undefined);
  client.send({ id: '7-1', event: 'decision', data: '{"a":1}' });
  client.send({ event: 'reset', data: '{}' });
  client.heartbeat();
  expect(written.join('')).toBe(
    'id: 7-1\nevent: decision\ndata: {"a":1}\n\nevent: reset\ndata: {}\n\n: still here\n\n',
  );
});

test('a client that takes nothing is cut off, told once, and written to no more', () => {
  const { sink, written } = aSink();
  let dropped = 0;
  const client = createEventClient(sink, 100, () => (dropped += 1));
  for (let i = 0; i < 50; i += 1) client.send({ event: 'decision', data: 'x'.repeat(30) });
  client.heartbeat();
  client.end();
  expect(sink.destroyed).toBe(true);
  expect(sink.ended).toBe(false);
  expect(dropped).toBe(1);
  expect(written.length).toBeLessThan(4);
});

test('a client that keeps up stays, however much it is sent', () => {
  const { sink, written } = aSink();
  const client = createEventClient(sink, 100, () => expect.unreachable());
  for (let i = 0; i < 50; i += 1) {
    client.send({ event: 'decision', data: 'x'.repeat(30) });
    sink.writableLength = 0;
  }
  client.end();
  expect(written).toHaveLength(50);
  expect(sink.ended).toBe(true);
});
