import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Decision } from '../domain/decision.ts';
import type { PlayedStep } from './played-run.ts';
import type { StepTruth } from './score.ts';

export interface WorstMinute {
  readonly startMs: number;
  readonly lateRequests: number;
  readonly rateRps: number;
  readonly readyReplicas: number;
  /** The last one whose replicas could be ready when the minute began; undefined where it was before the replay. */
  readonly inTime: Decision | undefined;
  /** Those made in it, in order. */
  readonly decisions: readonly Decision[];
}

export interface WorstMinutes {
  readonly decided: (decision: Decision) => void;
  readonly played: (played: PlayedStep, truth: StepTruth) => void;
  /** The worst first. */
  readonly worst: () => readonly WorstMinute[];
}

const MS_PER_MINUTE = 60_000;

/** The minutes with the most late requests, each with what was decided for it and in it. */
export function createWorstMinutes(count: number, startupSeconds: number): WorstMinutes {
  const recent = createRecentDecisions(startupSeconds * MS_PER_SECOND);
  let kept: WorstMinute[] = [];
  let minute: WorstMinute | undefined;
  const close = (): void => {
    if (minute !== undefined && minute.lateRequests > 0)
      kept = [...kept, minute].sort((a, b) => b.lateRequests - a.lateRequests).slice(0, count);
    minute = undefined;
  };
  return {
    decided: recent.add,
    played({ lateRatio, readyReplicas }, { startMs, rateRps, seconds }) {
      const beginsMs = Math.floor(startMs / MS_PER_MINUTE) * MS_PER_MINUTE;
      if (minute?.startMs !== beginsMs) close();
      if (Number.isNaN(rateRps)) return;
      minute = {
        startMs: beginsMs,
        lateRequests: (minute?.lateRequests ?? 0) + rateRps * seconds * lateRatio,
        rateRps,
        readyReplicas,
        inTime: minute === undefined ? recent.inTimeFor(beginsMs) : minute.inTime,
        decisions: recent.since(beginsMs),
      };
    },
    worst: () => {
      close();
      return kept;
    },
  };
}

/** As many as a minute and the start-up time before it take. */
function createRecentDecisions(startupMs: number): {
  readonly add: (decision: Decision) => void;
  readonly inTimeFor: (atMs: number) => Decision | undefined;
  readonly since: (atMs: number) => readonly Decision[];
} {
  const kept: Decision[] = [];
  return {
    add(decision) {
      kept.push(decision);
      while (kept.length > 1 && kept[1].decidedAtMs <= decision.decidedAtMs - startupMs - MS_PER_MINUTE)
        kept.shift();
    },
    inTimeFor: (atMs) => kept.findLast(({ decidedAtMs }) => decidedAtMs <= atMs - startupMs),
    since: (atMs) => kept.filter(({ decidedAtMs }) => decidedAtMs >= atMs),
  };
}
