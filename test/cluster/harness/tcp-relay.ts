/** A TCP relay before a server: counts connections, stalls them, cuts them. TLS goes through it untouched. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpRelay {
  readonly port: number;
  /** Connections accepted so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  /** From now on no byte passes in either direction; nothing is closed. */
  stall(): void;
  resume(): void;
  /** The connections that are open now pass no byte any more and are never closed; new ones are well: half-open TCP. */
  strand(): void;
  /** What the server says on the connections that are open now is lost; what it is told arrives. */
  mute(): void;
  /** Ends every connection at once, as a broken network would. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startTcpRelay(targetPort: number): Promise<TcpRelay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const stranded = new WeakSet<readonly [Socket, Socket]>();
  const muted = new WeakSet<Socket>();
  let accepted = 0;
  let stalled = false;
  const server = createServer((client) => {
    accepted += 1;
    const target = connect(targetPort, '127.0.0.1');
    const pair = [client, target] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [target, client] as const]) {
      from.on('data', (chunk) => void (stranded.has(pair) || muted.has(from) || to.write(chunk)));
      from.on('error', () => undefined);
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
      if (stalled) from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const eachSocket = (act: (socket: Socket) => void): void => {
    for (const pair of [...pairs]) pair.forEach(act);
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => accepted,
    open: () => pairs.size,
    stall() {
      stalled = true;
      eachSocket((socket) => void socket.pause());
    },
    resume() {
      stalled = false;
      eachSocket((socket) => void socket.resume());
    },
    strand: () => pairs.forEach((pair) => stranded.add(pair)),
    mute: () => pairs.forEach(([, target]) => muted.add(target)),
    cut: () => eachSocket((socket) => void socket.destroy()),
    async stop() {
      server.close();
      eachSocket((socket) => void socket.destroy());
      await once(server, 'close');
    },
  };
}
