/**
 * The default behavior of autoscaling/v2 (pkg/apis/autoscaling/v2/defaults.go, KEP-853): up by the larger of 100 % and
 * 4 pods each 15 s, at once; down to the highest recommendation of a stabilization window. An HPA without any
 * `behavior` has an older rule up (calculateScaleUpLimit: twice what there is, or 4), which is the same from four
 * replicas on.
 */
import { MS_PER_SECOND } from '../../domain/clock.ts';
import type { ReplayView } from '../autoscaler.ts';
import { createHighestRecent } from './highest-recent.ts';

const MOST_GROWTH_RATIO = 2;
const MOST_GROWTH_PODS = 4;
const GROWTH_PERIOD_SECONDS = 15;

/** What may be asked for, once a sync. `recommended` undefined: nothing could be computed, and nothing changes. */
export type HpaLimits = (
  view: Pick<ReplayView, 'nowMs' | 'currentReplicas'>,
  recommended: number | undefined,
) => number;

export function createHpaLimits(scaleDownWindowSeconds: number): HpaLimits {
  const recent = createHighestRecent(scaleDownWindowSeconds);
  const changes = createRecentChanges(GROWTH_PERIOD_SECONDS);
  let last: { readonly atMs: number; readonly replicas: number } | undefined;
  return ({ nowMs, currentReplicas }, recommended) => {
    // What runs at the first look counts as recommended then (recordInitialRecommendation).
    if (last === undefined) recent.add(nowMs, currentReplicas);
    // What came of the look before: the least and the most replicas may have left none of what was asked for.
    else changes.add(last.atMs, currentReplicas - last.replicas);
    last = { atMs: nowMs, replicas: currentReplicas };
    if (recommended === undefined) return currentReplicas;
    recent.add(nowMs, recommended);
    return recommended > currentReplicas
      ? Math.min(recommended, mostReplicas(currentReplicas, changes.sum(nowMs)))
      : Math.min(currentReplicas, recent.highest(nowMs));
  };
}

/** The period's growth counts from what there was at its beginning. */
function mostReplicas(currentReplicas: number, changed: number): number {
  const before = currentReplicas - changed;
  return Math.max(currentReplicas, MOST_GROWTH_RATIO * before, before + MOST_GROWTH_PODS);
}

function createRecentChanges(periodSeconds: number): {
  readonly add: (atMs: number, replicas: number) => void;
  readonly sum: (nowMs: number) => number;
} {
  const kept: { readonly atMs: number; readonly replicas: number }[] = [];
  const forget = (nowMs: number): void => {
    while (kept.length > 0 && kept[0].atMs <= nowMs - periodSeconds * MS_PER_SECOND) kept.shift();
  };
  return {
    add(atMs, replicas) {
      if (replicas === 0) return;
      forget(atMs);
      kept.push({ atMs, replicas });
    },
    sum(nowMs) {
      forget(nowMs);
      return kept.reduce((sum, { replicas }) => sum + replicas, 0);
    },
  };
}
