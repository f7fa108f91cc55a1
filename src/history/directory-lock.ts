import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Gives the directory to others. */
export type Unlock = () => Promise<void>;

const LOCK_NAME = 'in-use.sock';
/** What a socket's path may have on Linux. */
const MOST_PATH_BYTES = 107;

/**
 * One process at a time: two would write the same journal. A socket that listens is a lock that the kernel lets go
 * when its process ends, however it ends. Rejects where another process has the directory.
 */
export async function lockDirectory(directory: string): Promise<Unlock> {
  const path = join(directory, LOCK_NAME);
  if (Buffer.byteLength(path) > MOST_PATH_BYTES)
    throw new Error(`${directory} is too long a path: ${LOCK_NAME} in it must fit ${MOST_PATH_BYTES} bytes`);
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (await answers(path)) throw new Error(`another process keeps its history in ${directory}`);
    await rm(path, { force: true });
    return listen(path);
  });
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
