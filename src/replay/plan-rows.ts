/** A replica plan as other programs read it: CSV with the header `timestamp,replicas`, a row for each change. */
import { isoFromMs } from '../domain/clock.ts';
import type { PlayHooks } from './play.ts';

export interface PlanRecorder {
  readonly onStep: NonNullable<PlayHooks['onStep']>;
  /** `instant,replicas`, one for each change, in order. */
  readonly rows: readonly string[];
}

/** Of one autoscaler, played from its first step on. */
export function createPlanRecorder(): PlanRecorder {
  const rows: string[] = [];
  let last = -1;
  return {
    rows,
    onStep(_name, { desiredReplicas }, { startMs }) {
      if (desiredReplicas !== last) rows.push(`${isoFromMs(startMs)},${desiredReplicas}`);
      last = desiredReplicas;
    },
  };
}

export function planCsv(rows: readonly string[]): string {
  return `${['timestamp,replicas', ...rows].join('\n')}\n`;
}
