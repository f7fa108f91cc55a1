/** The most replicas that what every replica takes a share of has room for. */
import type { TimedReplicas } from '../domain/decision.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Observation } from '../domain/observation.ts';
import type { DependencyLimit } from '../domain/sizing.ts';
import type { DependencyPolicy } from '../policy/policy.ts';

/** What is known of the dependencies that are asked, and of the replicas that have taken their share. */
export interface DependencyLook {
  readonly observation: Pick<Observation, 'dependencies' | 'currentReplicas' | 'readyReplicas'>;
  /** As the memory keeps it. */
  readonly served: readonly TimedReplicas[];
  /** Length of the interval that a sample is the mean of. */
  readonly stepSeconds: number;
}

/**
 * The dependency that leaves room for the fewest replicas, or undefined where none limits. One with a `capacity` takes
 * capacity / limitPerReplica replicas in all. One that is asked (`query`) has room for what it says is free besides the
 * replicas that served throughout its sample: those that start, or have started since, are still to take their share,
 * and counting them as served would hand the same room out twice. While it does not answer it does not limit. Never
 * fewer than 1.
 */
export function tightestDependency(
  dependencies: readonly DependencyPolicy[],
  look: DependencyLook,
): DependencyLimit | undefined {
  let tightest: DependencyLimit | undefined;
  for (const dependency of dependencies) {
    const mostReplicas = Math.max(1, Math.floor(roomReplicas(dependency, look) + ROUNDING));
    if (mostReplicas < (tightest?.mostReplicas ?? Infinity))
      tightest = { name: dependency.name, mostReplicas };
  }
  return tightest;
}

/** 0.3 / 0.1 is 2.9999999999999996. */
const ROUNDING = 1e-9;

function roomReplicas({ name, capacity, limitPerReplica }: DependencyPolicy, look: DependencyLook): number {
  if (capacity !== null) return capacity / limitPerReplica;
  const free = look.observation.dependencies.find((reading) => reading.name === name)?.free;
  return free?.kind === 'value' ? servedThroughout(free, look) + free.value / limitPerReplica : Infinity;
}

/** The fewest replicas that served from the beginning of the sample until now. */
function servedThroughout(
  { endsAtMs }: Extract<Measurement, { kind: 'value' }>,
  { observation, served, stepSeconds }: DependencyLook,
): number {
  const beganAtMs = endsAtMs - stepSeconds * MS_PER_SECOND;
  const inForce = served.findLastIndex(({ atMs }) => atMs <= beganAtMs);
  const since = served.slice(Math.max(0, inForce)).map(({ replicas }) => replicas);
  return Math.min(observation.readyReplicas, observation.currentReplicas, ...since);
}
