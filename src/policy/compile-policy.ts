import { invalidInput } from '../domain/errors.ts';
import type { ModelName } from '../domain/forecast.ts';
import type {
  BudgetPolicy,
  CapacityPolicy,
  CostPolicy,
  DependencyPolicy,
  ForecastPolicy,
  MetricsPolicy,
  Policy,
  ScalingRules,
  SloPolicy,
} from './policy.ts';
import { compileCalendar, type ReadCalendarFile } from './compile-calendar.ts';
import { compileChaos } from './compile-chaos.ts';
import { compileHooks, hookProblems } from './compile-hooks.ts';
import { compiledSeconds as seconds } from './compiled-seconds.ts';
import { canonicalJson, fnv1a64 } from './policy-hash.ts';
import type { PolicyDocument, PolicySpec } from './policy-schema.ts';
import { ratioFromQuantity, type ScalingRulesDocument } from './schema/behavior-schema.ts';
import { PAUSED_ANNOTATION } from './schema/metadata-schema.ts';
import { ASSUMED_STARTUP_SECONDS } from './startup-time.ts';

/**
 * A valid document -> what every stage reads: durations in seconds, every optional thing a value or null.
 * Throws `invalidInput` that names URLs that no hook may have, and calendar files that `readCalendarFile` cannot read.
 */
export function compilePolicy(
  document: PolicyDocument,
  readCalendarFile: ReadCalendarFile = () =>
    new Error('is not read here: only beside policy files, and in the folder of run --calendars'),
): Policy {
  const { metadata, spec } = document;
  const { calendar, problems: calendarProblems } = compileCalendar(document, readCalendarFile);
  const problems = [...hookProblems(document), ...calendarProblems];
  if (problems.length > 0) throw invalidInput(`policy ${metadata.namespace}/${metadata.name}`, problems);
  const judged = {
    paused: metadata.annotations[PAUSED_ANNOTATION] === 'true',
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    metrics: compileMetrics(spec.metrics),
    capacity: compileCapacity(spec.capacity),
    slo: compileSlo(spec.slo),
    cost: compileCost(spec.cost),
    forecast: compileForecast(spec.forecast),
    calendar,
    chaos: compileChaos(spec.chaos),
    dependencies: spec.dependencies.map(compileDependency),
    // Not an empty list: the hash of every policy that names none would change.
    ...(spec.dependsOn.length > 0 && { callers: spec.dependsOn }),
    ...(spec.budget && { budget: compileBudget(spec.budget) }),
    behavior: {
      scaleUp: compileScalingRules(spec.behavior.scaleUp),
      scaleDown: compileScalingRules(spec.behavior.scaleDown),
    },
  };
  return {
    workload: { namespace: metadata.namespace, name: metadata.name },
    target: spec.scaleTargetRef,
    mode: spec.mode,
    policyHash: hashOf(judged),
    ...judged,
    ...(spec.hooks && { hooks: compileHooks(spec.hooks) }),
  };
}

/**
 * Of everything that decisions depend on. Not of the names, the mode and the currency: switching a policy from
 * Recommend to Scale changes what is done with its decisions, not the decisions.
 */
function hashOf(judged: Omit<Policy, 'workload' | 'target' | 'mode' | 'policyHash'>): string {
  const { currency: _label, ...prices } = judged.cost;
  return fnv1a64(canonicalJson({ ...judged, cost: prices }));
}

function compileMetrics({
  source,
  delay,
  staleAfter,
  arrivalRate,
  ...context
}: PolicySpec['metrics']): MetricsPolicy {
  const queries = Object.entries(context).flatMap(([metric, asked]) =>
    asked === undefined ? [] : [[metric, asked.query] as const],
  );
  return {
    source,
    delaySeconds: seconds(delay),
    staleAfterSeconds: seconds(staleAfter),
    queries: { arrivalRate: arrivalRate.query, ...Object.fromEntries(queries) },
  };
}

function compileCapacity(capacity: PolicySpec['capacity']): CapacityPolicy {
  const { serviceRateRps, startupTime, warmUp } = capacity;
  return {
    serviceRateRps: serviceRateRps ?? null,
    serversPerReplica: capacity.serversPerReplica,
    ...(startupTime === undefined
      ? { startupSeconds: ASSUMED_STARTUP_SECONDS, learnsStartup: true }
      : { startupSeconds: seconds(startupTime) }),
    dispatch: capacity.dispatch,
    scalability: capacity.scalability,
    variability: capacity.variability,
    warmUp: { durationSeconds: seconds(warmUp.duration), initialRatio: warmUp.initialRatio },
    queueLimitRequests: capacity.queueLimit,
  };
}

function compileSlo({ responseTime, objective, patience }: PolicySpec['slo']): SloPolicy {
  return {
    responseSeconds: seconds(responseTime),
    objectiveRatio: objective,
    patienceSeconds: patience === null ? null : seconds(patience),
  };
}

function compileCost({ replicaHour, violation, switching, currency }: PolicySpec['cost']): CostPolicy {
  return {
    perReplicaHour: replicaHour ?? null,
    perViolation: violation ?? null,
    perReplicaStart: switching,
    currency,
  };
}

function compileForecast(forecast: PolicySpec['forecast']): ForecastPolicy {
  return {
    horizonSeconds: seconds(forecast.horizon),
    stepSeconds: seconds(forecast.step),
    lookbackSeconds: seconds(forecast.lookback),
    models: chainOf(forecast.models),
    minConfidenceRatio: forecast.minConfidence,
    ...(forecast.class !== undefined && { workloadClass: forecast.class }),
  };
}

function compileDependency(dependency: PolicySpec['dependencies'][number]): DependencyPolicy {
  const { name, limitPerReplica, capacity, query } = dependency;
  return { name, limitPerReplica, capacity: capacity ?? null, query: query ?? null };
}

function compileBudget({
  group,
  maxReplicas,
  maxCostPerHour,
}: NonNullable<PolicySpec['budget']>): BudgetPolicy {
  return maxReplicas === undefined
    ? { group, unit: 'costPerHour', most: maxCostPerHour! }
    : { group, unit: 'replicas', most: maxReplicas };
}

function compileScalingRules({ tolerance, ...rules }: ScalingRulesDocument): ScalingRules {
  return { ...rules, toleranceRatio: ratioFromQuantity(tolerance) };
}

/**
 * Who names several models leaves the choice to the ensemble: it is asked first, and they are what it falls back on, in
 * their order. Who names one gets that one.
 */
function chainOf(models: readonly ModelName[]): readonly ModelName[] {
  return models.length > 1 && !models.includes('ensemble') ? ['ensemble', ...models] : models;
}
