import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { PostHook } from './hook-caller.ts';

/** Nobody's hook: this machine, its link (where clouds keep their metadata), and no address at all. */
const FORBIDDEN = new BlockList();
for (const [net, prefix] of [
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['0.0.0.0', 8],
] as const)
  FORBIDDEN.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::1', 128],
  ['fe80::', 10],
  ['::', 128],
] as const)
  FORBIDDEN.addSubnet(net, prefix, 'ipv6');

export interface HookPoster {
  readonly post: PostHook;
  readonly close: () => Promise<void>;
}

/**
 * Redirects are answers like any other here (undici follows none). What a name stands for is checked on the address
 * that is connected to, so that a name cannot change its meaning after it was looked at. `mayConnect`: beyond that.
 */
export function createHookPoster(mayConnect: (address: string) => boolean = isAllowed): HookPoster {
  const agent = new Agent({ connect: { lookup: lookupAllowed(mayConnect) }, pipelining: 0 });
  return {
    async post(url, body, seconds) {
      const signal = AbortSignal.timeout(seconds * MS_PER_SECOND);
      const { statusCode, body: answer } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'prescale' },
        body,
        dispatcher: agent,
        signal,
      });
      await answer.dump({ limit: 16_384, signal });
      return statusCode;
    },
    close: () => agent.destroy(),
  };
}

export function isAllowed(address: string): boolean {
  const mapped = /^::ffff:(?<ipv4>[\d.]+)$/i.exec(address)?.groups?.['ipv4'] ?? address;
  return !FORBIDDEN.check(mapped, isIP(mapped) === 6 ? 'ipv6' : 'ipv4');
}

function lookupAllowed(mayConnect: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const refused = addresses.find(({ address }) => !mayConnect(address));
      if (refused)
        return callback(new Error(`${hostname} is ${refused.address}, which no hook may be`), '', 0);
      if (options.all === true) return callback(null, addresses);
      const [{ address, family }] = addresses;
      return callback(null, address, family);
    });
  };
}
