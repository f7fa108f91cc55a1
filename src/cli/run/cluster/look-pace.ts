/** What of a target says that its pods come and go. */
export interface TargetState {
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  readonly rollingOut: boolean;
}

/** When a target's pods were last looked at, and what was known of it then. */
export interface LastLook {
  readonly atMs: number;
  readonly state: TargetState;
  /** Looks in a row that found the target as it was. */
  readonly alike: number;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Whether a target's pods are to be looked at: never yet, something has changed since, or some start still, which is
 * looked at ever more rarely where nothing comes of it (a pod that can never be ready must not cost a list in each tick).
 * A target at rest costs nothing.
 */
export function isLookDue(last: LastLook | undefined, state: TargetState, nowMs: number): boolean {
  if (last === undefined || !isAlike(last.state, state)) return true;
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** last.alike);
  return isMoving(state) && nowMs - last.atMs >= pauseMs;
}

export function lookedAt(last: LastLook | undefined, state: TargetState, atMs: number): LastLook {
  const alike = last !== undefined && isAlike(last.state, state) ? last.alike + 1 : 0;
  return { atMs, state, alike };
}

function isMoving({ currentReplicas, readyReplicas, rollingOut }: TargetState): boolean {
  return rollingOut || readyReplicas < currentReplicas;
}

function isAlike(a: TargetState, b: TargetState): boolean {
  return (
    a.currentReplicas === b.currentReplicas &&
    a.readyReplicas === b.readyReplicas &&
    a.rollingOut === b.rollingOut
  );
}
