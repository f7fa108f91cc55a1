import { InvalidArgumentError } from 'commander';

/** Where the record of leader election is kept. */
export interface LeaseFlag {
  readonly namespace: string;
  readonly name: string;
}

/** "prescale-system/prescale". */
export function leaseFlag(text: string): LeaseFlag {
  const parts = /^(?<namespace>[a-z0-9-]{1,63})\/(?<name>[a-z0-9.-]{1,253})$/.exec(text)?.groups;
  if (parts === undefined)
    throw new InvalidArgumentError(
      `Got "${text}", allowed: namespace/name such as prescale-system/prescale.`,
    );
  return { namespace: parts['namespace'], name: parts['name'] };
}
