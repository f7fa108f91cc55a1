/** What a write hands back of the reading that it was decided on: the version, and what that version was judged by. */
import { isRollingOut } from './rollout-state.ts';
import type { ScaleReading } from './scale-api.ts';

type Judged = Pick<ScaleReading, 'resourceVersion' | 'specReplicas' | 'object'>;

/** `4711/3`; `4711/3/rollout` while one is on. */
export function judgedVersion({ resourceVersion, ...reading }: Judged): string {
  return [resourceVersion, ...judgedBy(reading)].join('/');
}

/** The server's part of it. */
export function versionOf(judged: string): string {
  return judged.split('/', 1)[0];
}

/** Whether what is read now would have been judged alike: as many replicas are asked for, and a rollout is on or is not. */
export function stillStands(judged: string, now: Judged): boolean {
  const [, ...by] = judged.split('/');
  return by.join('/') === judgedBy(now).join('/');
}

function judgedBy({ specReplicas, object }: Omit<Judged, 'resourceVersion'>): readonly string[] {
  return [String(specReplicas), ...(isRollingOut(object) ? ['rollout'] : [])];
}
