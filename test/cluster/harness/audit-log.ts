/** The API server's own record of who wrote what: the witness of tests about leaders. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly objectRef?: {
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly resource?: string;
  };
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
export function scaleWrites(controlPlane: ControlPlane): readonly ScaleWritten[] {
  return updates(controlPlane, '"subresource":"scale"').map(
    ({ user, objectRef, requestObject, stageTimestamp }) => ({
      user: user.username,
      target: objectRef?.name ?? '',
      replicas: requestObject?.spec?.replicas ?? NaN,
      atMs: Date.parse(stageTimestamp),
    }),
  );
}

export interface LeaseRenewed {
  readonly lease: string;
  readonly user: string;
  /** Which of the user's tokens it was: `JTI=…`. */
  readonly credential: string | undefined;
}

/** Every renewal of a Lease that succeeded, in their order. */
export function leaseRenewals(controlPlane: ControlPlane): readonly LeaseRenewed[] {
  return updates(controlPlane, '"resource":"leases"').map(({ user, objectRef }) => ({
    lease: `${objectRef?.namespace}/${objectRef?.name}`,
    user: user.username,
    credential: user.extra?.['authentication.kubernetes.io/credential-id']?.[0],
  }));
}

function updates({ folder }: ControlPlane, mark: string): readonly AuditEvent[] {
  return readFileSync(join(folder, 'audit.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(mark))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ verb, responseStatus }) => verb === 'update' && responseStatus?.code === 200);
}
