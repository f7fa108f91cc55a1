import type { Request, Response } from 'express';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import type { Policy } from '../../policy/policy.ts';
import { sees } from '../auth/gate.ts';
import type { FleetReader } from '../ports.ts';

/** The policy that the path of a request names. Throws `notFound`. */
export function policyOf(fleet: Pick<FleetReader, 'policy'>, request: Request, response: Response): Policy {
  const { namespace, name } = request.params;
  return policyNamed(fleet, { namespace: String(namespace), name: String(name) }, response);
}

/** Throws `notFound`, in the same words where there is none and where the caller may not know of it. */
export function policyNamed(
  fleet: Pick<FleetReader, 'policy'>,
  workload: WorkloadRef,
  response: Response,
): Policy {
  const policy = sees(response, workload.namespace) ? fleet.policy(workload) : undefined;
  if (!policy) throw noSuch(`an autoscaler ${workloadKey(workload)}`);
  return policy;
}

/** "There is not an autoscaler shop/checkout." */
export function noSuch(what: string): PrescaleError {
  return new PrescaleError('notFound', `There is not ${what}.`);
}
