/**
 * What a decision leaves for the next one. Plain data, stored with each Decision and given back at start; every rule
 * about it is a function of instants, so that late ticks, restarts and fail-overs change nothing but what they must.
 */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { DecisionMemory, ReplicaChange, TimedReplicas } from '../domain/decision.ts';
import type { Mutable } from '../domain/mutable.ts';
import type { ObjectiveAccount } from '../domain/objective-account.ts';
import type { OvershootRecord } from '../domain/overshoot.ts';
import type { Policy } from '../policy/policy.ts';
import { restartSeconds } from '../policy/restart-seconds.ts';

/** So many ticks may fail to happen (a slow source, a fail-over of 15 s + 2 retries) before that is a gap. */
export const MISSED_TICKS = 4;

/** No memory: whatever the windows are about has not been seen, so nothing is removed until they are full again. */
export function initialMemory(nowMs: number): DecisionMemory {
  return {
    completeSinceMs: nowMs,
    recommendations: [],
    changes: [],
    served: [],
    backlogRequests: 0,
    backlogAtMs: nowMs,
  };
}

/** The longest time that any rule looks back. */
export function longestWindowSeconds(policy: Policy): number {
  return Math.max(recommendedSeconds(policy), longestPeriodSeconds(policy));
}

function recommendedSeconds(policy: Policy): number {
  const { scaleUp, scaleDown } = policy.behavior;
  return Math.max(
    scaleUp.stabilizationWindowSeconds,
    scaleDown.stabilizationWindowSeconds,
    restartSeconds(policy),
  );
}

/** 0 without a scaling policy. Asked several times at every tick: without a list of them. */
function longestPeriodSeconds({ behavior: { scaleUp, scaleDown } }: Policy): number {
  let longest = 0;
  for (const { periodSeconds } of scaleUp.policies) longest = Math.max(longest, periodSeconds);
  for (const { periodSeconds } of scaleDown.policies) longest = Math.max(longest, periodSeconds);
  return longest;
}

export interface Now {
  readonly nowMs: number;
  readonly tickSeconds: number;
  readonly currentReplicas: number;
  readonly policy: Policy;
}

/**
 * The memory as it is at `nowMs`: what no rule asks for any more is forgotten, the last change is confirmed by what
 * runs, and a gap (nobody decided for more than MISSED_TICKS and half of the longest window, or the clock went back)
 * starts `completeSinceMs` anew and forgets the backlog, which has been served or has left by then. A shorter gap
 * leaves the windows mostly seen and costs nothing.
 */
export function recall(memory: DecisionMemory, now: Now): DecisionMemory {
  const { nowMs } = now;
  const gap = hasGap(memory, now);
  const recalled: Mutable<DecisionMemory> = {
    completeSinceMs: gap ? nowMs : memory.completeSinceMs,
    recommendations: within(memory.recommendations, nowMs, recommendedSeconds(now.policy)),
    changes: within(confirmed(memory, now.currentReplicas), nowMs, longestPeriodSeconds(now.policy)),
    served: within(memory.served, nowMs, servedSeconds(now.policy)),
    backlogRequests: gap ? 0 : memory.backlogRequests,
    backlogAtMs: gap ? nowMs : memory.backlogAtMs,
  };
  if (memory.account) recalled.account = memory.account;
  if (memory.overshoot) recalled.overshoot = gap ? { ...memory.overshoot, pending: [] } : memory.overshoot;
  return recalled;
}

export interface Decided {
  /** What was recommended, after tolerance and before any other guard; what runs where nothing was measured. */
  readonly recommendedReplicas: number;
  readonly desiredReplicas: number;
  readonly currentReplicas: number;
  readonly backlogRequests: number;
  /** Absent: no dependency is asked that this would matter for. */
  readonly servingReplicas?: number | undefined;
  /** Absent where the policy's prices decide. */
  readonly account?: ObjectiveAccount | undefined;
  /** Absent before the first trusted forecast. */
  readonly overshoot?: OvershootRecord | undefined;
}

/** What the next decision is given: `recalled` (of `recall`) with this decision added. */
export function remember(recalled: DecisionMemory, decided: Decided, nowMs: number): DecisionMemory {
  const { recommendedReplicas, desiredReplicas, currentReplicas } = decided;
  const others = recalled.recommendations.filter((earlier) => earlier.replicas !== recommendedReplicas);
  const replicas = desiredReplicas - currentReplicas;
  const changes = recalled.changes.filter((change) => change.atMs < nowMs);
  const memory: Mutable<DecisionMemory> = {
    completeSinceMs: recalled.completeSinceMs,
    // Not spread: a list that grows by one that way has room for a dozen more, and memories are kept.
    recommendations: others.concat({ atMs: nowMs, replicas: recommendedReplicas }),
    changes:
      replicas === 0 ? changes : changes.concat({ atMs: nowMs, replicas, fromReplicas: currentReplicas }),
    served: withServed(recalled.served, decided.servingReplicas, nowMs),
    backlogRequests: decided.backlogRequests,
    backlogAtMs: nowMs,
  };
  if (decided.account) memory.account = { ...decided.account, askedReplicas: desiredReplicas };
  if (decided.overshoot) memory.overshoot = decided.overshoot;
  return memory;
}

/** No earlier count that is not smaller can be the smallest of any time until now. */
function withServed(
  served: readonly TimedReplicas[],
  replicas: number | undefined,
  atMs: number,
): readonly TimedReplicas[] {
  if (replicas === undefined) return [];
  return served.filter((earlier) => earlier.replicas < replicas).concat({ atMs, replicas });
}

/** A sample of a dependency is stale when it is older; it is the mean of one step. */
function servedSeconds({ forecast, metrics }: Policy): number {
  const { stepSeconds } = forecast;
  return Math.max(metrics.staleAfterSeconds, stepSeconds + metrics.delaySeconds) + stepSeconds;
}

function hasGap(memory: DecisionMemory, { nowMs, tickSeconds, policy }: Now): boolean {
  const silentSeconds = (nowMs - memory.backlogAtMs) / MS_PER_SECOND;
  if (silentSeconds < 0) return true;
  return silentSeconds > MISSED_TICKS * tickSeconds && silentSeconds > longestWindowSeconds(policy) / 2;
}

/** Entries after `nowMs` come from a clock that has gone back since: they would never grow old. */
function within<Entry extends TimedReplicas>(
  entries: readonly Entry[],
  nowMs: number,
  windowSeconds: number,
): readonly Entry[] {
  const cutoffMs = nowMs - windowSeconds * MS_PER_SECOND;
  const isWithin = ({ atMs }: Entry): boolean => atMs > cutoffMs && atMs <= nowMs;
  return entries.every(isWithin) ? entries : entries.filter(isWithin);
}

/**
 * The newest change counts as far as the target has followed it since. In Recommend mode, on a conflict or when a
 * write failed it has not, and a change that never happened must not use up the rate for the one that will.
 */
function confirmed(memory: DecisionMemory, currentReplicas: number): readonly ReplicaChange[] {
  const newest = memory.changes.at(-1);
  if (newest?.atMs !== memory.backlogAtMs) return memory.changes;
  const earlier = memory.changes.slice(0, -1);
  const moved = currentReplicas - newest.fromReplicas;
  if (Math.sign(moved) !== Math.sign(newest.replicas)) return earlier;
  const replicas = Math.sign(moved) * Math.min(Math.abs(moved), Math.abs(newest.replicas));
  return [...earlier, { ...newest, replicas }];
}
