import type { Request } from 'express';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import type { Policy } from '../../policy/policy.ts';
import type { FleetReader } from '../ports.ts';

/** The policy that the path of a request names. Throws `notFound`. */
export function policyOf(fleet: FleetReader, request: Request): Policy {
  const { namespace, name } = request.params;
  return policyNamed(fleet, { namespace: String(namespace), name: String(name) });
}

/** Throws `notFound`. */
export function policyNamed(fleet: Pick<FleetReader, 'policy'>, workload: WorkloadRef): Policy {
  const policy = fleet.policy(workload);
  if (!policy) throw noSuch(`an autoscaler ${workloadKey(workload)}`);
  return policy;
}

/** "There is not an autoscaler shop/checkout." */
export function noSuch(what: string): PrescaleError {
  return new PrescaleError('notFound', `There is not ${what}.`);
}
