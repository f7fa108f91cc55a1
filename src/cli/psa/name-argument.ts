import { InvalidArgumentError } from 'commander';

/** A name as Kubernetes allows it (RFC 1123 subdomain). */
export function nameArgument(text: string): string {
  if (/^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(`Got "${text}", allowed: a name such as checkout.`);
}
