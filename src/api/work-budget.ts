import type { RequestHandler, Response } from 'express';
import { MS_PER_SECOND } from '../domain/clock.ts';
import { sendProblem } from './problem.ts';

export interface WorkBudgetOptions {
  /** Share (0..1) of the time that they may take in the long run: the rest is the control loop's. */
  readonly shareRatio: number;
  /** Seconds of work that may be taken at once, before the share counts. */
  readonly burstSeconds: number;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
}

export interface WorkBudget {
  /** Refuses where there is no room: to stand before a body is read. */
  readonly admit: RequestHandler;
  /** Refuses where there is no room, and counts what the handlers after it take until they first wait; see `afterWaiting`. */
  readonly spend: RequestHandler;
}

/**
 * Questions and reads are answered on the thread that decides. They are admitted while their work, as measured, stays
 * within a leaky bucket of `burstSeconds` that drains at `shareRatio`; beyond it the answer is 503 with the seconds until
 * there is room again. One of them may overdraw the bucket, so that a large one is answered at all.
 */
export function workBudget({ shareRatio, burstSeconds, nowMs }: WorkBudgetOptions): WorkBudget {
  let spentSeconds = 0;
  let countedAtMs = nowMs();
  const drain = (): void => {
    const now = nowMs();
    spentSeconds = Math.max(0, spentSeconds - (shareRatio * (now - countedAtMs)) / MS_PER_SECOND);
    countedAtMs = now;
  };
  const admit: RequestHandler = (_request, response, next) => {
    drain();
    if (spentSeconds < burstSeconds) return next();
    const waitSeconds = Math.max(1, Math.ceil((spentSeconds - burstSeconds) / shareRatio));
    response.set('Retry-After', String(waitSeconds));
    sendProblem(response, 503, `Too much is asked at once; ask again in ${waitSeconds} s.`);
  };
  return {
    admit,
    spend: (request, response, next) =>
      admit(request, response, () => {
        const count: Counted = (work) => {
          const startedAtMs = nowMs();
          work();
          spentSeconds += (nowMs() - startedAtMs) / MS_PER_SECOND;
        };
        response.locals[COUNT] = count;
        count(next);
      }),
  };
}

type Counted = (work: () => void) => void;
const COUNT = 'prescaleCount';

/** Work that a handler does after it has waited, counted like that before: a page of history is most of its answer's cost. */
export function afterWaiting(response: Response, work: () => void): void {
  const count = response.locals[COUNT] as Counted | undefined;
  if (count) count(work);
  else work();
}
