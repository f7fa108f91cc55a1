import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to outgoing connections: none of those takes one between our look and its use. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/**
 * Test files run beside each other, each in a process of its own: each begins somewhere else, and gives no port twice
 * before it has given all.
 */
let next = (process.pid * 97) % PORTS;

/** Ports of the loopback interface that nobody listened on a moment ago; all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = FIRST_PORT + next;
    next = (next + 1) % PORTS;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
