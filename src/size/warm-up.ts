/**
 * Cold replicas: a new one works at `initialRatio` of its rate, rising evenly to all of it over `durationSeconds`
 * while its caches fill; and when replicas go, the share of requests that they served is new to those that stay.
 */
export interface WarmUp {
  readonly durationSeconds: number;
  /** In 0..1, above 0. */
  readonly initialRatio: number;
}

/** Mean share of its rate that a replica works at over [fromSeconds, toSeconds] after it became ready; 0 before. */
export function warmRatio(
  { durationSeconds, initialRatio }: WarmUp,
  fromSeconds: number,
  toSeconds: number,
): number {
  const at = (seconds: number): number =>
    durationSeconds === 0 ? 1 : Math.min(1, initialRatio + ((1 - initialRatio) * seconds) / durationSeconds);
  const from = Math.max(0, fromSeconds);
  if (toSeconds <= from) return at(from);
  const warmFrom = Math.min(toSeconds, Math.max(from, durationSeconds));
  const rising = ((at(from) + at(warmFrom)) / 2) * (warmFrom - from);
  return (rising + (toSeconds - warmFrom)) / (toSeconds - from);
}

/** The count to ask for so that, with `warmReplicas` at full rate, the rest being cold, `needed` full ones are there. */
export function replicasWithCold(needed: number, warmReplicas: number, coldRatio: number): number {
  return needed <= warmReplicas
    ? needed
    : warmReplicas + Math.ceil((needed - warmReplicas) / coldRatio - ROUNDING);
}

/** (need - warm) / ratio may exceed its true value by rounding. */
const ROUNDING = 1e-9;

/**
 * The smallest count that `current` warm replicas may shrink to with `needed` full ones left: of those that stay, the
 * share (current - count) / current of the requests comes from the others and is served at the cold rate.
 */
export function replicasAfterEviction(needed: number, current: number, { initialRatio }: WarmUp): number {
  let count = Math.min(needed, current);
  const effective = (left: number): number => left * (1 - ((1 - initialRatio) * (current - left)) / current);
  while (count < current && effective(count) < needed - ROUNDING) count += 1;
  return Math.max(count, needed);
}
