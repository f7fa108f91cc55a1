/** The API server's own record of who wrote what: the witness of tests about leaders. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly subresource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly stageTimestamp: string;
  readonly requestObject?: { readonly spec?: { readonly replicas?: number } };
}

export interface ScaleWritten {
  readonly user: string;
  readonly target: string;
  readonly replicas: number;
  readonly atMs: number;
}

/** Every write of a scale that succeeded, in the order in which the server was done with it. */
export function scaleWrites({ folder }: ControlPlane): readonly ScaleWritten[] {
  return readFileSync(join(folder, 'audit.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"subresource":"scale"'))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ verb, responseStatus }) => verb === 'update' && responseStatus?.code === 200)
    .map(({ user, objectRef, requestObject, stageTimestamp }) => ({
      user: user.username,
      target: objectRef?.name ?? '',
      replicas: requestObject?.spec?.replicas ?? NaN,
      atMs: Date.parse(stageTimestamp),
    }));
}
