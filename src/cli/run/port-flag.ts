import { InvalidArgumentError } from 'commander';

const MAX_PORT = 65_535;

/** "8081"; 0 takes any free one. */
export function portFlag(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > MAX_PORT)
    throw new InvalidArgumentError(`Got "${text}", allowed: a port from 0 to ${MAX_PORT}.`);
  return port;
}
