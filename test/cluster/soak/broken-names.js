/**
 * Loaded before the controller (`node --import`): the name server of the soak. The names that only it knows are this
 * machine, and nobody's while the file PRESCALE_NAMES_GONE is there.
 */
import dns from 'node:dns';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { setTimeout } from 'node:timers';

const NAMES = ['kubernetes.default.svc', 'prometheus.test'];
const lookup = dns.lookup;

dns.lookup = (hostname, ...rest) => {
  if (!NAMES.includes(hostname)) return lookup(hostname, ...rest);
  if (!existsSync(process.env.PRESCALE_NAMES_GONE)) return lookup('127.0.0.1', ...rest);
  const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), {
    code: 'EAI_AGAIN',
    syscall: 'getaddrinfo',
    hostname,
  });
  setTimeout(() => rest.at(-1)(error), 20);
};
