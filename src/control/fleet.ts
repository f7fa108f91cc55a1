import type { Decision, DecisionMemory } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import { workloadKey, type WorkloadRef } from '../domain/workload.ts';
import type { LeadGate } from '../forecast/lead-gate.ts';
import type { RollingAccuracy } from '../forecast/rolling-accuracy.ts';
import type { GatheredMetrics, MetricHistories } from '../observe/gather-observation.ts';
import type { HistoryBuffer } from '../observe/history-buffer.ts';
import type { MetricsSource } from '../observe/metrics-source.ts';
import type { Policy } from '../policy/policy.ts';
import type { KnownNeeds } from '../size/known-needs.ts';
import type { Counterfactual } from '../replay/counterfactual.ts';
import type { KeptRate } from './learn-rate.ts';
import type { LiveMember } from './live-readings.ts';

/** The instants at which a workload is looked after, in its own time: the loop's time + `offsetMs`. */
export interface Attendance {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly offsetMs: number;
}

/** Live: for as long as the policy is there. */
export const ALWAYS: Attendance = { firstAtMs: -Infinity, lastAtMs: Infinity, offsetMs: 0 };

/** A forecast with the end of the history that it was made from: used again until there is a newer slot. */
export interface KeptForecast {
  readonly historyEndMs: number;
  readonly result: ForecastResult;
}

/** The same object as long as the question is open, also where the member is replaced by one of another mode. */
export interface AskedForecast {
  readonly historyEndMs: number;
}

/**
 * What the loop keeps of one workload between two ticks. All of it can be had again: the history from the source, the
 * forecast from the history, the memory by watching for as long as its longest window.
 */
export interface Member {
  /** With the start-up time as it is known now, where that is learned. */
  policy: Policy;
  readonly source: MetricsSource;
  readonly attendance: Attendance;
  readonly history: HistoryBuffer;
  /** Of the metrics that the service rate is learned from; none where the policy gives it. */
  readonly work: MetricHistories;
  /** What a forecast is made of beside the arrival rates (live-readings.ts). */
  live: LiveMember;
  readonly knownNeeds: KnownNeeds;
  /** What the newest look at its metrics gave. */
  looked: GatheredMetrics | undefined;
  /** undefined where the policy gives the rate. */
  rate: KeptRate | undefined;
  forecast: KeptForecast | undefined;
  /** A forecast that has been asked for beside the loop and has not come yet. */
  asked: AskedForecast | undefined;
  /** Why the newest one that was asked for there could not be made. */
  failed: ForecastResult | undefined;
  /** Ticks in a row at which its replicas could not be read in time. */
  unreadTicks: number;
  /** Whether its model earns the lead. */
  readonly leadGate: LeadGate;
  /** What its forecasts have been worth. */
  readonly accuracy: RollingAccuracy;
  memory: DecisionMemory | undefined;
  newest: Decision | undefined;
  /** What HPA would have done beside it, since the first decision. */
  counterfactual: Counterfactual | undefined;
}

/** The workload's own time at an instant of the loop. */
export function ownTimeMs({ attendance }: Member, nowMs: number): number {
  return nowMs + attendance.offsetMs;
}

export interface Fleet {
  add(member: Member): void;
  remove(workload: WorkloadRef): void;
  size(): number;
  /** In the order in which they were added. */
  members(): readonly Member[];
  member(workload: WorkloadRef): Member | undefined;
  /** Those whose own time is within their attendance. */
  attendedAt(nowMs: number): readonly Member[];
}

export function createFleet(): Fleet {
  const byKey = new Map<string, Member>();
  return {
    add: (member) => void byKey.set(workloadKey(member.policy.workload), member),
    remove: (workload) => void byKey.delete(workloadKey(workload)),
    size: () => byKey.size,
    members: () => [...byKey.values()],
    member: (workload) => byKey.get(workloadKey(workload)),
    attendedAt: (nowMs) =>
      [...byKey.values()].filter((member) => {
        const ownMs = ownTimeMs(member, nowMs);
        return ownMs >= member.attendance.firstAtMs && ownMs <= member.attendance.lastAtMs;
      }),
  };
}
