/** Flags that exclude each other: tables of commands, and what several of them have in theirs. */
import { PrescaleError } from '../domain/errors.ts';

export interface Contradiction<Flags> {
  readonly holds: (flags: Flags) => boolean;
  readonly message: string | ((flags: Flags) => string);
}

/** Throws `usage` for the first that holds. */
export function refuse<Flags>(flags: Flags, contradictions: readonly Contradiction<Flags>[]): void {
  const found = contradictions.find(({ holds }) => holds(flags));
  if (found === undefined) return;
  const { message } = found;
  throw new PrescaleError('usage', typeof message === 'string' ? message : message(flags));
}

export const TWO_PROMETHEUS: Contradiction<{
  readonly prometheus?: string;
  readonly prometheusConfig?: string;
}> = {
  holds: ({ prometheus, prometheusConfig }) => prometheus !== undefined && prometheusConfig !== undefined,
  message: '--prometheus: got --prometheus-config too, allowed: one or the other',
};

/** Of commands that read policies once. */
export const TWO_PLACES_OF_POLICIES: Contradiction<{
  readonly policy?: readonly string[];
  readonly kubeconfig?: string;
}> = {
  holds: ({ policy, kubeconfig }) => policy !== undefined && kubeconfig !== undefined,
  message: '--kubeconfig: got --policy too, allowed: one or the other; with --policy no cluster is asked',
};
