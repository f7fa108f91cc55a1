import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startServer } from '../../../src/api/server.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

test('listens on the address that it tells', async () => {
  const server = await startServer((_request, response) => response.end('here'), LOOPBACK);
  expect(await (await fetch(server.url)).text()).toBe('here');
  await server.close(1);
});

test('rejects with the cause where it cannot listen', async () => {
  const server = await startServer((_request, response) => response.end(), LOOPBACK);
  const port = Number(new URL(server.url).port);
  await expect(startServer(() => undefined, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await server.close(1);
});

test('closing lets a request that runs end, and takes no new one', async () => {
  let finish: () => void = () => undefined;
  let arrived: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (arrived = resolve));
  const server = await startServer((_request, response) => {
    finish = () => response.end('finished');
    arrived();
  }, LOOPBACK);
  const answer = fetch(server.url).then((response) => response.text());
  await inside;
  const closed = server.close(10);
  await expect(fetch(server.url)).rejects.toThrow();
  finish();
  expect(await answer).toBe('finished');
  await closed;
});

test('closing does not wait longer than its grace for a client that hangs', async () => {
  const server = await startServer(() => undefined, LOOPBACK);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const closed = once(socket, 'close');
  await server.close(0.02);
  await closed;
});

test('an idle kept-alive connection does not hold up the end', async () => {
  const server = await startServer((_request, response) => response.end('x'), LOOPBACK);
  await (await fetch(server.url)).text();
  const began = performance.now();
  await server.close(30);
  expect(performance.now() - began).toBeLessThan(5_000);
});

const HASTY = { mostConnections: 100, requestSeconds: 0.1, idleSeconds: 30, stalledSeconds: 0.2 };

async function connected(url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

test('a client that never comes to the end of its request is cut off', async () => {
  const server = await startServer((_request, response) => response.end('x'), LOOPBACK, { limits: HASTY });
  const socket = await connected(server.url);
  socket.resume();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow:');
  await once(socket, 'close');
  await server.close(0);
});

test('a client that takes no byte of its answer is cut off, and what waited for it is let go', async () => {
  let letGo: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  const answer = Buffer.alloc(50_000_000);
  const server = await startServer(
    (_request, response) => {
      response.on('close', letGo).end(answer);
    },
    LOOPBACK,
    { limits: HASTY },
  );
  const socket = await connected(server.url);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await gone;
  socket.destroy();
  await server.close(0);
});

test('who comes beyond the most connections is not taken, and those that are there are answered', async () => {
  const limits = { mostConnections: 2, requestSeconds: 15, idleSeconds: 30, stalledSeconds: 45 };
  const server = await startServer((_request, response) => response.end('x'), LOOPBACK, { limits });
  const [first] = [await connected(server.url), await connected(server.url)];
  const third = await connected(server.url);
  third.resume();
  await once(third, 'close');
  first.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = (await once(first, 'data')) as [Buffer];
  expect(answer.toString()).toContain('200 OK');
  await server.close(0);
});
