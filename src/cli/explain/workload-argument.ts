import { InvalidArgumentError } from 'commander';
import type { WorkloadRef } from '../../domain/workload.ts';

/** "shop/checkout"; names as Kubernetes allows them (RFC 1123 subdomain). */
export function workloadArgument(text: string): WorkloadRef {
  const name = '[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?';
  const parts = new RegExp(`^(${name})/(${name})$`).exec(text);
  if (parts === null)
    throw new InvalidArgumentError(`Got "${text}", allowed: namespace/name such as shop/checkout.`);
  return { namespace: parts[1], name: parts[2] };
}
