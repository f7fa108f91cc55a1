import { InvalidArgumentError } from 'commander';

/** The controller's Service. */
export interface ServiceFlag {
  readonly namespace: string;
  readonly name: string;
}

/** As deploy/ installs it. */
export const DEFAULT_SERVICE: ServiceFlag = { namespace: 'prescale-system', name: 'prescale' };

/** "prescale-system/prescale". */
export function serviceFlag(text: string): ServiceFlag {
  const parts = /^(?<namespace>[a-z0-9-]{1,63})\/(?<name>[a-z0-9-]{1,63})$/.exec(text)?.groups;
  if (parts === undefined)
    throw new InvalidArgumentError(
      `Got "${text}", allowed: namespace/name such as prescale-system/prescale.`,
    );
  return { namespace: parts['namespace'], name: parts['name'] };
}
