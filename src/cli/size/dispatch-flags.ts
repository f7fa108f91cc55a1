import type { Dispatch } from '../../policy/policy.ts';

/** Values of `--dispatch`: the policy's `capacity.dispatch` in kebab-case. */
export const DISPATCH_BY_FLAG = {
  central: 'Central',
  'least-requests': 'LeastRequests',
  'power-of-two': 'PowerOfTwo',
  random: 'Random',
  'round-robin': 'RoundRobin',
} as const satisfies Readonly<Record<string, Dispatch>>;

export type DispatchFlag = keyof typeof DISPATCH_BY_FLAG;
