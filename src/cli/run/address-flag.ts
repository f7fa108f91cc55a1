import { isIP, isIPv6 } from 'node:net';
import { InvalidArgumentError } from 'commander';
import type { ListenFlag } from './listen-flag.ts';

/** "10.1.2.3", "fd00::17" or a host's name: as a URL has it. */
export function addressFlag(text: string): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/i.test(text))
    throw new InvalidArgumentError(`Got "${text}", allowed: an IP address or a host name, without a port.`);
  return isIPv6(text) ? `[${text}]` : text;
}

/** Where others reach the API that `--listen` opens; undefined where that is nobody's business. */
export function advertisedUrl({
  advertise,
  listen,
  tlsCertFile,
}: {
  readonly advertise?: string;
  readonly listen: ListenFlag;
  readonly tlsCertFile?: string;
}): string | undefined {
  if (advertise === undefined) return undefined;
  return `${tlsCertFile === undefined ? 'http' : 'https'}://${advertise}:${listen.port}`;
}
