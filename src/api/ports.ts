/**
 * The API stage: programs and people ask why. It reads what the loop has decided, answers what-if questions through
 * the very functions that the loop decides with, and changes nothing. These are the few things that it must be given.
 */
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { TrendRow } from '../domain/trend.ts';
import type { WorkloadRef } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gate } from './auth/gate.ts';
import type { ThreadTime } from './turns.ts';
import type { WhatIf } from './what-if.ts';

export interface DecisionWithRecord {
  readonly decision: Decision;
  readonly actuation: ActuationRecord;
}

/** What is looked after, and what was decided for it of late; newest decisions first. */
export interface FleetReader {
  /** In the order in which they were added. */
  policies(): readonly Policy[];
  policy(workload: WorkloadRef): Policy | undefined;
  list(
    workload: WorkloadRef,
    options: { readonly limit: number; readonly beforeMs?: number },
  ): readonly DecisionWithRecord[];
  get(workload: WorkloadRef, decisionId: string): DecisionWithRecord | undefined;
  /** What HPA beside the controller would have come to; undefined while nothing was accounted. */
  ledger(workload: WorkloadRef): Ledger | undefined;
}

/** One decision in the order of the whole fleet. */
export interface FedDecision {
  readonly eventId: string;
  readonly stored: DecisionWithRecord;
}

export interface FeedListener {
  decided(event: FedDecision): void;
  /** There will be no more. */
  ended(): void;
}

/** Tells those who look on what was decided, and keeps the newest for those who were away for a moment. */
export interface DecisionFeed {
  publish(batch: readonly DecisionWithRecord[]): void;
  /** What came after the event of that id, oldest first; undefined where that event is not kept (any more). */
  after(eventId: string): readonly FedDecision[] | undefined;
  /** Returns what ends the subscription. */
  subscribe(listener: FeedListener): () => void;
  listeners(): number;
  /** Ends every subscription, now and from now on: the server is going. */
  close(): void;
}

/** What was decided, as far back as it is kept. */
export interface HistoryReader {
  read(
    workload: WorkloadRef,
    options: { readonly limit: number; readonly beforeMs?: number },
  ): Promise<HistoryPage>;
}

export interface HistoryPage {
  /** Newest first. */
  readonly decisions: readonly DecisionWithRecord[];
  /** Since when none is missing, in milliseconds since the epoch; null while there is none. */
  readonly completeSinceMs: number | null;
}

/** What stretches of five minutes came to, as far back as a month. */
export interface TrendReader {
  /** Those that begin within the range, oldest first. */
  read(
    workload: WorkloadRef,
    range: { readonly fromMs: number; readonly beforeMs: number },
  ): Promise<readonly TrendRow[]>;
}

export interface ApiDeps {
  /** Of prescale, for the OpenAPI document. */
  readonly version: string;
  readonly fleet: FleetReader;
  /** What is decided from now on, for `GET /api/v1/stream`. */
  readonly feed: DecisionFeed;
  readonly history: HistoryReader;
  readonly trend: TrendReader;
  /** Who may ask; undefined where the address lets nobody in but this machine. */
  readonly gate?: Gate | undefined;
  /** Passes on what another replica owns; undefined where there is no other. */
  readonly forward?: RequestHandler | undefined;
  readonly metrics: Registry;
  /** null when ready; otherwise one sentence that says what is still missing. */
  readonly notReadyBecause: () => string | null;
  readonly whatIf: WhatIf;
  /** Whose time questions and reads may take a share of. */
  readonly thread: ThreadTime;
  /** Told of every 5xx: the client is not told what went wrong inside. */
  readonly onInternalError: (error: unknown) => void;
}
