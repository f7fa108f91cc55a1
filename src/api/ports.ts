/**
 * The API stage: programs and people ask why. It reads what the loop has decided, answers what-if questions through
 * the very functions that the loop decides with, and changes nothing. These are the few things that it must be given.
 */
import type { Registry } from 'prom-client';
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { WorkloadRef } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import type { WhatIf } from './what-if.ts';

export interface DecisionWithRecord {
  readonly decision: Decision;
  readonly actuation: ActuationRecord;
}

/** What is looked after, and what was decided for it; newest decisions first. */
export interface FleetReader {
  /** In the order in which they were added. */
  policies(): readonly Policy[];
  policy(workload: WorkloadRef): Policy | undefined;
  list(
    workload: WorkloadRef,
    options: { readonly limit: number; readonly beforeMs?: number },
  ): readonly DecisionWithRecord[];
  get(workload: WorkloadRef, decisionId: string): DecisionWithRecord | undefined;
}

export interface ApiDeps {
  /** Of prescale, for the OpenAPI document. */
  readonly version: string;
  readonly fleet: FleetReader;
  readonly metrics: Registry;
  /** null when ready; otherwise one sentence that says what is still missing. */
  readonly notReadyBecause: () => string | null;
  readonly whatIf: WhatIf;
  /** A clock that never goes back, in milliseconds: what questions may take is counted with it. */
  readonly monotonicMs: () => number;
  /** Told of every 5xx: the client is not told what went wrong inside. */
  readonly onInternalError: (error: unknown) => void;
}
