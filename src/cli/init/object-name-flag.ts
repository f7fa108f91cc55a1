import { InvalidArgumentError } from 'commander';

/** An object of a namespace, as people type it. */
export interface ObjectNameFlag {
  readonly namespace: string;
  readonly name: string;
}

/** "shop/checkout". */
export function objectNameFlag(text: string): ObjectNameFlag {
  const parts = /^(?<namespace>[a-z0-9-]{1,63})\/(?<name>[a-z0-9.-]{1,253})$/.exec(text)?.groups;
  if (parts === undefined)
    throw new InvalidArgumentError(`Got "${text}", allowed: NAMESPACE/NAME such as shop/checkout.`);
  return { namespace: parts['namespace'], name: parts['name'] };
}
