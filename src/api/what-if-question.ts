import { MS_PER_SECOND } from '../domain/clock.ts';
import type { DecisionMemory } from '../domain/decision.ts';
import { invalidInput, PrescaleError } from '../domain/errors.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { LiveHistory } from '../domain/live-history.ts';
import type { LearnedRate } from '../domain/service-rate.ts';
import type { OvershootRecord } from '../domain/overshoot.ts';
import type { Observation } from '../domain/observation.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { compilePolicy } from '../policy/compile-policy.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { refuseVastLoad } from './offered-load.ts';
import { parseInput } from './parse-input.ts';
import type { WhatIfQuestion } from './what-if.ts';
import {
  observationSchema,
  samplesSchema,
  whatIfSchema,
  type ObservationBody,
  type SamplesBody,
  type WhatIfBody,
} from './what-if-schema.ts';

/** The question in a request's body. Throws `invalidInput` that names everything that is wrong, by its path. */
export function whatIfQuestion(body: unknown): WhatIfQuestion {
  const asked = parseInput(whatIfSchema, body, 'what-if');
  const policy = under('policy', () => compilePolicy(parsePolicy(asked.policy)));
  const question: WhatIfQuestion = {
    policy,
    tickSeconds: asked.tickSeconds,
    ...under('observations', () => seenFrom(asked.observations, policy)),
    forecast: asked.forecast && forecastFrom(asked.forecast),
    memory: asked.memory && memoryFrom(asked.memory),
  };
  refuseVastLoad(question);
  return question;
}

/** Runs a part's own parser and puts the part's name before the paths of its problems. */
function under<T>(part: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof PrescaleError)) throw error;
    const problems = error.problems.map((problem) => ({
      ...problem,
      path: problem.path === 'document' ? part : `${part}.${problem.path}`,
    }));
    throw invalidInput('what-if', problems);
  }
}

function seenFrom(observations: unknown, policy: Policy): Pick<WhatIfQuestion, 'nowMs' | 'seen'> {
  const hasSamples =
    typeof observations === 'object' && observations !== null && Object.hasOwn(observations, 'samples');
  return hasSamples
    ? seenInSamples(parseInput(samplesSchema, observations, 'observations'), policy)
    : seenInObservation(parseInput(observationSchema, observations, 'observations'), policy);
}

function seenInSamples(body: SamplesBody, policy: Policy): Pick<WhatIfQuestion, 'nowMs' | 'seen'> {
  const { startAt, stepSeconds, rps } = body.samples;
  const history = seriesFrom(startAt, stepSeconds, rps);
  const knownAtMs = seriesEndMs(history) + policy.metrics.delaySeconds * MS_PER_SECOND;
  const replicas = {
    currentReplicas: body.currentReplicas,
    readyReplicas: readyOf(body),
    rollingOut: body.rollingOut,
    ...(body.learnedStartup && { learnedStartup: body.learnedStartup }),
  };
  return {
    nowMs: body.decidedAt ?? knownAtMs,
    seen: {
      kind: 'samples',
      history,
      replicas,
      backlogRequests: body.backlogRequests,
      work: workFrom(body.samples),
      live: liveFrom(body),
      dependencies: readingsFrom(body.dependencyFree, policy, seriesEndMs(history)),
    },
  };
}

function workFrom(samples: SamplesBody['samples']) {
  const { throughputRps: throughput, busySlots } = samples;
  return columnsFrom(samples, { throughput, busySlots }, (metric) =>
    metric === 'throughput' ? 'throughputRps' : metric,
  );
}

function liveFrom({ samples, rolloutsAt = [] }: SamplesBody): LiveHistory | undefined {
  if (samples.live === undefined && rolloutsAt.length === 0) return undefined;
  const metrics = columnsFrom(samples, samples.live ?? {}, (metric) => `live.${metric}`);
  return { metrics, rolloutsAtMs: rolloutsAt.toSorted((a, b) => a - b) };
}

/** The columns that are given, on the grid of the arrival rates. */
function columnsFrom(
  { startAt, stepSeconds, rps }: SamplesBody['samples'],
  columns: Readonly<Record<string, readonly (number | null)[] | undefined>>,
  pathOf: (metric: string) => string,
): Record<string, TimeSeries> {
  const series = Object.entries(columns).flatMap(([metric, values]) =>
    values === undefined ? [] : [[metric, seriesFrom(startAt, stepSeconds, values)] as const],
  );
  const problems = series
    .filter(([, { values }]) => values.length !== rps.length)
    .map(([metric, { values }]) => ({
      path: `samples.${pathOf(metric)}`,
      got: `${values.length} values`,
      allowed: `${rps.length}, as many as rps has`,
    }));
  if (problems.length > 0) throw invalidInput('observations', problems);
  return Object.fromEntries(series);
}

function seriesFrom(startAtMs: number, stepSeconds: number, values: readonly (number | null)[]): TimeSeries {
  return { startAtMs, stepSeconds, values: Float64Array.from(values, (value) => value ?? Number.NaN) };
}

/** Measured as the samples end; who is not named is not known. */
function readingsFrom(
  freeByName: SamplesBody['dependencyFree'],
  policy: Policy,
  endsAtMs: number,
): Observation['dependencies'] {
  const names = Object.keys(freeByName);
  refuseUnknownDependencies(names, policy, (index) => `dependencyFree.${names[index]}`);
  return names.map((name) => ({ name, free: { kind: 'value', value: freeByName[name], endsAtMs } }));
}

function refuseUnknownDependencies(
  names: readonly string[],
  { dependencies }: Policy,
  pathOf: (index: number) => string,
): void {
  const known = dependencies.filter(({ query }) => query !== null).map(({ name }) => name);
  const problems = names.flatMap((name, index) =>
    known.includes(name) ? [] : [{ path: pathOf(index), got: `"${name}"`, allowed: oneOfNames(known) }],
  );
  if (problems.length > 0) throw invalidInput('observations', problems);
}

function oneOfNames(names: readonly string[]): string {
  return names.length === 0
    ? 'none: the policy has no dependency with a query'
    : `a dependency of the policy with a query: ${names.join(', ')}`;
}

function seenInObservation(body: ObservationBody, policy: Policy): Pick<WhatIfQuestion, 'nowMs' | 'seen'> {
  const { observedAt, workload = policy.workload } = body;
  if (workloadKey(workload) !== workloadKey(policy.workload))
    throw invalidInput('observations', [
      {
        path: 'workload',
        got: workloadKey(workload),
        allowed: `${workloadKey(policy.workload)}, as in the policy`,
      },
    ]);
  const readyReplicas = readyOf(body);
  const context = Object.entries(body.context).map(([metric, measured]) => [
    metric,
    measurementFrom(measured),
  ]);
  const dependencies = body.dependencies.map(({ name, free }) => ({ name, free: measurementFrom(free) }));
  refuseUnknownDependencies(
    dependencies.map(({ name }) => name),
    policy,
    (index) => `dependencies[${index}].name`,
  );
  const observation: Observation = {
    workload,
    observedAtMs: observedAt,
    arrivalRate: measurementFrom(body.arrivalRate),
    context: Object.fromEntries(context) as Observation['context'],
    dependencies,
    coverageRatio: body.coverageRatio,
    serviceRateRps: rateFrom(body, policy),
    ...(body.learnedRate && { learnedRate: learnedFrom(body.learnedRate) }),
    ...(body.learnedStartup && { learnedStartup: body.learnedStartup }),
    currentReplicas: body.currentReplicas,
    readyReplicas,
    startingReplicas: body.startingReplicas ?? Math.max(0, body.currentReplicas - readyReplicas),
    rollingOut: body.rollingOut,
    paused: body.paused ?? policy.paused,
    backlogRequests: body.backlogRequests,
  };
  return { nowMs: observedAt, seen: { kind: 'observation', observation } };
}

/** As it is told; else as the loop would have it: the policy's, or the lower end of what was learned. */
function rateFrom({ serviceRateRps, learnedRate }: ObservationBody, { capacity }: Policy): number | null {
  if (serviceRateRps !== undefined) return serviceRateRps;
  return capacity.serviceRateRps ?? (learnedRate?.kind === 'learned' ? learnedRate.lowerRps : null);
}

function learnedFrom(body: NonNullable<ObservationBody['learnedRate']>): LearnedRate {
  if (body.kind === 'unknown') return body;
  const { sinceAt, drop, ...rest } = body;
  const fallen = drop === null ? null : { atMs: drop.at, beforeRps: drop.beforeRps };
  return { ...rest, sinceAtMs: sinceAt, drop: fallen };
}

function readyOf(body: {
  readonly currentReplicas: number;
  readonly readyReplicas?: number | undefined;
}): number {
  return body.readyReplicas ?? body.currentReplicas;
}

function measurementFrom(body: ObservationBody['arrivalRate']): Measurement {
  if (!('endsAt' in body)) return body;
  const { endsAt, ...rest } = body;
  return { ...rest, endsAtMs: endsAt };
}

function forecastFrom(body: NonNullable<WhatIfBody['forecast']>): ForecastResult {
  if (body.kind === 'unavailable') return body;
  const { originAt, ...rest } = body;
  return { ...rest, originAtMs: originAt };
}

type MemoryBody = NonNullable<WhatIfBody['memory']>;

function memoryFrom(body: MemoryBody): DecisionMemory {
  return {
    completeSinceMs: body.completeSince,
    recommendations: body.recommendations.map(({ at, replicas }) => ({ atMs: at, replicas })),
    changes: body.changes.map(({ at, replicas, fromReplicas }) => ({ atMs: at, replicas, fromReplicas })),
    served: body.served.map(({ at, replicas }) => ({ atMs: at, replicas })),
    backlogRequests: body.backlogRequests,
    backlogAtMs: body.backlogAt,
    ...(body.account && { account: body.account }),
    ...(body.overshoot && { overshoot: overshootFrom(body.overshoot) }),
  };
}

function overshootFrom({ pending, ...record }: NonNullable<MemoryBody['overshoot']>): OvershootRecord {
  return { ...record, pending: pending.map(({ dueAt, ...expected }) => ({ dueAtMs: dueAt, ...expected })) };
}
