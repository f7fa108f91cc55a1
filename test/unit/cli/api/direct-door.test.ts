import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openDirectDoor } from '../../../../src/cli/api/direct-door.ts';

test('a signal ends the wait for an answer that stays half told', async () => {
  const server = createServer((_request, response) => void response.writeHead(200).write('{"items":'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const door = await openDirectDoor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
  const stopping = new AbortController();
  const got = door.get('/api/v1/autoscalers', stopping.signal);
  server.once('request', () => setImmediate(() => stopping.abort(new Error('stopped by SIGINT'))));
  await expect(got).rejects.toThrow('stopped by SIGINT');
  server.closeAllConnections();
  server.close();
});
