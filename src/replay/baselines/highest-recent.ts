/** A stabilization window of autoscaling/v2 (KEP-853): the highest of the recommendations of the last so many seconds. */
import { MS_PER_SECOND } from '../../domain/clock.ts';

export interface HighestRecent {
  readonly add: (atMs: number, replicas: number) => void;
  /** Of those younger than the window, and of those of this very instant. */
  readonly highest: (nowMs: number) => number;
}

/** As many as are too old may be kept before they are let go. */
const MOST_GONE = 64;

export function createHighestRecent(windowSeconds: number): HighestRecent {
  const windowMs = Math.max(1, windowSeconds * MS_PER_SECOND);
  /** Falling: whoever is lower and older can never be the highest again. The first `gone` of them are too old. */
  const kept: { readonly atMs: number; readonly replicas: number }[] = [];
  let gone = 0;
  const forget = (nowMs: number): void => {
    while (gone < kept.length && kept[gone].atMs <= nowMs - windowMs) gone += 1;
    if (gone < MOST_GONE) return;
    kept.splice(0, gone);
    gone = 0;
  };
  return {
    add(atMs, replicas) {
      while (kept.length > gone && kept[kept.length - 1].replicas <= replicas) kept.pop();
      kept.push({ atMs, replicas });
      forget(atMs);
    },
    highest(nowMs) {
      forget(nowMs);
      return kept[gone]?.replicas ?? 0;
    },
  };
}
