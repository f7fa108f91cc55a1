/** What lateness costs: the replica-hours that a family of settings needs, as a function of the lateness it leaves. */

export interface FrontierPoint {
  /** Late requests beyond those that no count of replicas could have saved, over the rest; 0..1. */
  readonly excessRatio: number;
  readonly replicaHours: number;
}

/** Lower than this no excess is told apart. */
const LEAST_EXCESS_RATIO = 1e-5;
/** Under so much to gain, in the ideal's cost, a share of the gain says nothing. */
const LEAST_GAP_RATIO = 0.03;

/** `floorRatio`: the share that is late whatever the count. */
export function excessFrom(lateRatio: number, floorRatio: number): number {
  return Math.max(0, (lateRatio - floorRatio) / (1 - floorRatio));
}

/** The settings that no other beats on both, by rising excess and falling cost. */
export function frontierOf(points: readonly FrontierPoint[]): readonly FrontierPoint[] {
  const sorted = points
    .map(({ excessRatio, replicaHours }) => ({
      excessRatio: Math.max(excessRatio, LEAST_EXCESS_RATIO),
      replicaHours,
    }))
    .sort((a, b) => a.excessRatio - b.excessRatio || a.replicaHours - b.replicaHours);
  const frontier: FrontierPoint[] = [];
  for (const point of sorted)
    if (frontier.length === 0 || point.replicaHours < frontier[frontier.length - 1].replicaHours)
      frontier.push(point);
  return frontier;
}

/**
 * The replica-hours that the family needs for at most that excess, between its settings linear in the logarithm of
 * the excess; undefined where no setting gets there.
 */
export function hoursAt(frontier: readonly FrontierPoint[], excessRatio: number): number | undefined {
  const excess = Math.max(excessRatio, LEAST_EXCESS_RATIO);
  if (frontier.length === 0 || excess < frontier[0].excessRatio * (1 - 1e-9)) return undefined;
  const next = frontier.findIndex((point, i) => i > 0 && excess <= point.excessRatio);
  if (next < 0) return frontier[frontier.length - 1].replicaHours;
  const [from, to] = [frontier[next - 1], frontier[next]];
  const share = Math.log(excess / from.excessRatio) / Math.log(to.excessRatio / from.excessRatio);
  return from.replicaHours + share * (to.replicaHours - from.replicaHours);
}

/**
 * How much of what `rival` pays over the `ideal`, at the point's own lateness, the point saves: 1 is as good as the
 * ideal, 0 as good as the rival, below 0 worse. Undefined where the rival never gets there or has under 3 % to gain.
 */
export function closedGap(
  point: FrontierPoint,
  { rival, ideal }: { readonly rival: readonly FrontierPoint[]; readonly ideal: readonly FrontierPoint[] },
): number | undefined {
  const rivalHours = hoursAt(rival, point.excessRatio);
  const idealHours = hoursAt(ideal, point.excessRatio) ?? ideal.at(0)?.replicaHours;
  if (rivalHours === undefined || idealHours === undefined) return undefined;
  if (rivalHours - idealHours < LEAST_GAP_RATIO * idealHours) return undefined;
  return (rivalHours - point.replicaHours) / (rivalHours - idealHours);
}
