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
  readonly requestObject?: {
    readonly spec?: { readonly replicas?: number; readonly holderIdentity?: string };
  };
}

const OK = 200;
const GATEWAY_TIMEOUT = 504;

export interface ScaleWritten {
  readonly user: string;
  readonly namespace: string;
  readonly target: string;
  readonly replicas: number;
  readonly atMs: number;
}

/** Every write of a scale that succeeded, in the order in which the server was done with it. */
export function scaleWrites(controlPlane: ControlPlane): readonly ScaleWritten[] {
  return updates(controlPlane, /"subresource":"scale"/).map(writeOf);
}

/**
 * Every write of a scale whose client had gone before the server was done with it. Such a one may have been made all the
 * same, which the target alone tells.
 */
export function givenUpWrites(controlPlane: ControlPlane): readonly ScaleWritten[] {
  return updates(controlPlane, /"subresource":"scale"/, GATEWAY_TIMEOUT).map(writeOf);
}

function writeOf({ user, objectRef, requestObject, stageTimestamp }: AuditEvent): ScaleWritten {
  return {
    user: user.username,
    namespace: objectRef?.namespace ?? '',
    target: objectRef?.name ?? '',
    replicas: requestObject?.spec?.replicas ?? NaN,
    atMs: Date.parse(stageTimestamp),
  };
}

/** A write of a scale, with who held the Lease at that moment: `nobody` where it had been given back. */
export interface FencedWrite extends ScaleWritten {
  readonly holder: string;
}

/** Every write of a scale that succeeded, each with the user who had written the Lease that fences it last. */
export function fencedWrites(
  controlPlane: ControlPlane,
  leaseOf: (namespace: string) => string,
): readonly FencedWrite[] {
  const holders = new Map<string, string>();
  const writes: FencedWrite[] = [];
  for (const event of updates(controlPlane, /"subresource":"scale"|"resource":"leases"/)) {
    const { objectRef, user, requestObject } = event;
    if (objectRef?.resource === 'leases')
      holders.set(objectRef.name ?? '', requestObject?.spec?.holderIdentity ? user.username : 'nobody');
    else {
      const write = writeOf(event);
      writes.push({ ...write, holder: holders.get(leaseOf(write.namespace)) ?? 'nobody' });
    }
  }
  return writes;
}

export interface LeaseRenewed {
  readonly lease: string;
  readonly user: string;
  /** Which of the user's tokens it was: `JTI=…`. */
  readonly credential: string | undefined;
}

/** Every renewal of a Lease that succeeded, in their order. */
export function leaseRenewals(controlPlane: ControlPlane): readonly LeaseRenewed[] {
  return updates(controlPlane, /"resource":"leases"/).map(({ user, objectRef }) => ({
    lease: `${objectRef?.namespace}/${objectRef?.name}`,
    user: user.username,
    credential: user.extra?.['authentication.kubernetes.io/credential-id']?.[0],
  }));
}

function updates({ folder }: ControlPlane, mark: RegExp, code = OK): readonly AuditEvent[] {
  // What stands behind the last newline is being written.
  return readFileSync(join(folder, 'audit.log'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => mark.test(line))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ verb, responseStatus }) => verb === 'update' && responseStatus?.code === code);
}
