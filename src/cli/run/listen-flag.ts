import { InvalidArgumentError } from 'commander';

export interface ListenFlag {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '::1'];
const MAX_PORT = 65_535;

/** "127.0.0.1:8080", "[::1]:8080", ":8080" or "8080" (both on 127.0.0.1); port 0 takes any free one. */
export function listenFlag(text: string): ListenFlag {
  const parts = /^(?:(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]]+))?:)?(?<port>\d{1,5})$/.exec(text)?.groups;
  const port = Number(parts?.['port']);
  if (!(port <= MAX_PORT))
    throw new InvalidArgumentError(`Got "${text}", allowed: address:port such as 127.0.0.1:8080.`);
  const host = parts?.['v6'] ?? parts?.['name'] ?? '127.0.0.1';
  return { host, port };
}

/** Whether only this machine can ask there. */
export function isLoopback({ host }: ListenFlag): boolean {
  return LOOPBACK_HOSTS.includes(host);
}
