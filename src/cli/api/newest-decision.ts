import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import { bodyFrom, type ApiDoor } from './api-door.ts';

/** The newest decision before `at` (of all, where not given) as the API has it; undefined: none was made yet. */
export async function newestDecision(
  door: ApiDoor,
  workload: WorkloadRef,
  at: string | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const before = at === undefined ? '' : `&before=${encodeURIComponent(at)}`;
  const path = `/api/v1/autoscalers/${workload.namespace}/${workload.name}/decisions?limit=1${before}`;
  const body = await bodyFrom(door, path, signal);
  if (body === undefined)
    throw new PrescaleError(
      'notFound',
      `${door.name} does not look after ${workloadKey(workload)}; GET /api/v1/autoscalers there lists what it does`,
    );
  return (body as { items?: unknown[] }).items?.at(0);
}
