import type { Decision } from '../domain/decision.ts';
import type { PlayedStep } from './played-run.ts';
import type { StepTruth } from './score.ts';

export interface WorstMinute {
  readonly startMs: number;
  readonly lateRequests: number;
  readonly rateRps: number;
  readonly readyReplicas: number;
  /** The last one of that minute. */
  readonly decision: Decision;
}

export interface WorstMinutes {
  readonly decided: (decision: Decision) => void;
  readonly played: (played: PlayedStep, truth: StepTruth) => void;
  /** The worst first. */
  readonly worst: () => readonly WorstMinute[];
}

const MS_PER_MINUTE = 60_000;

/** The minutes with the most late requests, each with what was decided in it. */
export function createWorstMinutes(count: number): WorstMinutes {
  let kept: WorstMinute[] = [];
  let minute: WorstMinute | undefined;
  let decision: Decision | undefined;
  const close = (): void => {
    if (minute !== undefined && minute.lateRequests > 0)
      kept = [...kept, minute].sort((a, b) => b.lateRequests - a.lateRequests).slice(0, count);
    minute = undefined;
  };
  return {
    decided: (newest) => {
      decision = newest;
    },
    played({ lateRatio, readyReplicas }, { startMs, rateRps, seconds }) {
      const beginsMs = Math.floor(startMs / MS_PER_MINUTE) * MS_PER_MINUTE;
      if (minute?.startMs !== beginsMs) close();
      if (decision === undefined || Number.isNaN(rateRps)) return;
      const lateRequests = (minute?.lateRequests ?? 0) + rateRps * seconds * lateRatio;
      minute = { startMs: beginsMs, lateRequests, rateRps, readyReplicas, decision };
    },
    worst: () => {
      close();
      return kept;
    },
  };
}
