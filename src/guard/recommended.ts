import { MS_PER_SECOND } from '../domain/clock.ts';
import type { GuardInput } from './guard.ts';

/** The lowest of `replicas` and what was recommended less than so long ago. No list of them: asked at every tick. */
export function lowestWithin(input: GuardInput, windowSeconds: number, replicas: number): number {
  return recommendedWithin(input, windowSeconds, replicas, Math.min);
}

/** The highest of `replicas` and what was recommended less than so long ago. */
export function highestWithin(input: GuardInput, windowSeconds: number, replicas: number): number {
  return recommendedWithin(input, windowSeconds, replicas, Math.max);
}

function recommendedWithin(
  { memory, nowMs }: GuardInput,
  windowSeconds: number,
  replicas: number,
  further: (a: number, b: number) => number,
): number {
  const cutoffMs = nowMs - windowSeconds * MS_PER_SECOND;
  let found = replicas;
  for (const earlier of memory.recommendations)
    if (earlier.atMs > cutoffMs) found = further(found, earlier.replicas);
  return found;
}
