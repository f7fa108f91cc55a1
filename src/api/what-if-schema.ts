/** The body of `POST /api/v1/decisions`. What a stored decision prints (`observed`, `forecast`, `memory`) is taken back as it is. */
import { z } from 'zod';
import { MODEL_NAMES, QUANTILE_LEVELS, SKIP_REASONS } from '../domain/forecast.ts';
import type { LiveFeature } from '../domain/live-history.ts';
import { METRIC_NAMES } from '../domain/metric-name.ts';
import { RATE_SOURCES } from '../domain/service-rate.ts';
import { RATIO_EDGES } from '../size/overshoot-record.ts';
import { amount, block, count, instant, listOf, MAX_REPLICAS, text } from '../policy/schema/field-types.ts';

const MOST_SAMPLES = 50_000;
const MOST_STEPS = 1_000;
const MOST_ENTRIES = 10_000;
const MOST_RPS = 1e9;
const MOST_REQUESTS = 1e12;
const MOST_FREE = 1e12;
/** Of weeks. */
const MOST_ACCOUNTED_REQUESTS = 1e16;
const MOST_ACCOUNTED_SECONDS = 1e7;
const MOST_DEPENDENCIES = 50;
const MAX_STEP_SECONDS = 86_400;
const MAX_STARTUP_SECONDS = 3_600;

/** An instant on the wire -> milliseconds since the epoch. */
const atMs = (description: string): z.ZodType<number> => instant(description).transform(Date.parse);
const rps = (description: string): z.ZodNumber => amount(description, { min: 0, max: MOST_RPS });
const replicas = (description: string): z.ZodInt => count(description, { min: 0, max: MAX_REPLICAS });
const flag = (description: string): z.ZodBoolean =>
  z.boolean({ error: 'true or false' }).describe(description);
const message = text('What the source said.', 2_000);

const measurementOf = (value: z.ZodNumber) =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal(['value', 'stale']), value, endsAt: atMs('End of its interval.') }),
    z.strictObject({ kind: z.literal('notANumber'), endsAt: atMs('End of its interval.') }),
    z.strictObject({ kind: z.literal('empty') }),
    z.strictObject({ kind: z.literal(['partial', 'queryRejected', 'sourceDown']), message }),
  ]);
const measurement = measurementOf(rps('The measured value.'));
/** Below zero where the dependency is overrun. */
const free = amount('What a dependency has left, in its own unit.', { min: -MOST_FREE, max: MOST_FREE });
const dependencyName = text("One of the policy's dependencies that has a query.", 253);

const startSeconds = (description: string): z.ZodNumber =>
  amount(description, { min: 0, max: MAX_STARTUP_SECONDS });
const learnedStartup = block({
  p50Seconds: startSeconds('Half of the replicas were ready within it.'),
  p95Seconds: startSeconds('95 of 100 were; at least p50Seconds.'),
  samples: count('How many replicas were seen to start.', { min: 1, max: MOST_ENTRIES }),
}).refine(({ p50Seconds, p95Seconds }) => p50Seconds <= p95Seconds, {
  path: ['p95Seconds'],
  error: 'at least p50Seconds',
});

const running = {
  learnedStartup: learnedStartup
    .optional()
    .describe('How long replicas take to start, where the policy does not say; 2m is assumed without it.'),
  currentReplicas: replicas('What the target asks for.'),
  readyReplicas: replicas('Of these, ready; all where it is not given.').optional(),
  rollingOut: flag('Whether the target is rolling out.').default(false),
  backlogRequests: amount('Requests waiting from an overload before.', {
    min: 0,
    max: MOST_REQUESTS,
  }).default(0),
};

const liveColumn = (description: string) =>
  listOf(amount(description, { min: 0, max: MOST_REQUESTS }).nullable(), MOST_SAMPLES).optional();
const liveColumns = block({
  cpuUtilization: liveColumn('Share of the CPU, 0 to 1.'),
  memoryUtilization: liveColumn('Share of the memory, 0 to 1.'),
  latency: liveColumn('Seconds.'),
  errorRatio: liveColumn('Share of failed requests, 0 to 1.'),
  connections: liveColumn('Open connections.'),
  diskIo: liveColumn('Bytes per second.'),
  inFlight: liveColumn('Requests being worked on.'),
} satisfies Record<LiveFeature, unknown>).describe(
  'Live metrics of the same intervals that the policy names; for a network that reads them.',
);

/** Arrival rates of equal intervals; null where there is no sample. */
export const samplesSchema = block({
  samples: block({
    startAt: atMs('Start of the first interval.'),
    stepSeconds: amount('Length of each interval.', { min: 1, max: MAX_STEP_SECONDS }),
    rps: listOf(rps('Mean arrival rate.').nullable(), MOST_SAMPLES).min(1, { error: 'at least one sample' }),
    throughputRps: listOf(rps('Completed requests per second.').nullable(), MOST_SAMPLES)
      .optional()
      .describe('Of the same intervals; with busySlots, what a service rate is learned from.'),
    busySlots: listOf(amount('Busy servers.', { min: 0, max: MOST_REQUESTS }).nullable(), MOST_SAMPLES)
      .optional()
      .describe('Mean number of busy servers, of the same intervals.'),
    live: liveColumns.optional(),
  }),
  rolloutsAt: listOf(atMs('Start of a rollout.'), MOST_ENTRIES)
    .optional()
    .describe('When the target was rolled out, ascending; for a network that reads it.'),
  decidedAt: atMs(
    'When it is decided; as soon as the last sample is known where it is not given.',
  ).optional(),
  dependencyFree: z
    .record(dependencyName, free)
    .default({})
    .describe("What each of the policy's dependencies with a query has left, by its name."),
  ...running,
});

const rate = amount('Requests per second of one server.', { above: 0, max: MOST_RPS });
const learnedRate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unknown'), message }),
  z.strictObject({
    kind: z.literal('learned'),
    rateRps: rate,
    lowerRps: rate,
    upperRps: rate,
    source: z.enum(RATE_SOURCES),
    samples: count('Slots that it was learned from.', { min: 1, max: MOST_SAMPLES }),
    sinceAt: atMs('Start of the oldest of them.'),
    drop: z.strictObject({ at: atMs('When it fell.'), beforeRps: rate }).nullable(),
  }),
]);

/** The Observation of a decision. */
export const observationSchema = block({
  workload: z.strictObject({ namespace: z.string(), name: z.string() }).optional(),
  observedAt: atMs('When it is decided.'),
  arrivalRate: measurement,
  context: z.partialRecord(z.enum(METRIC_NAMES), measurement).default({}),
  dependencies: listOf(
    z.strictObject({ name: dependencyName, free: measurementOf(free) }),
    MOST_DEPENDENCIES,
  ).default([]),
  coverageRatio: amount('Share of recent intervals with a sample.', { min: 0, max: 1 }).default(1),
  serviceRateRps: amount("Of one server; the policy's where it is not given; null: not known.", {
    above: 0,
    max: MOST_RPS,
  })
    .nullable()
    .optional(),
  learnedRate: learnedRate.optional(),
  startingReplicas: replicas('Asked for and not ready.').optional(),
  paused: flag('Whether the policy is paused; as its annotation says where it is not given.').optional(),
  ...running,
});

const skipped = listOf(
  z.strictObject({ model: z.enum(MODEL_NAMES), reason: z.enum(SKIP_REASONS), message }),
  MODEL_NAMES.length,
);
const quantileRow = z
  .array(rps('Arrival rate.'), { error: `${QUANTILE_LEVELS.length} rates` })
  .length(QUANTILE_LEVELS.length, { error: `${QUANTILE_LEVELS.length} rates, one for each quantile level` })
  .refine((row) => row.every((rate, i) => i === 0 || rate >= row[i - 1]), {
    error: 'rates in ascending order',
  });

const forecast = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unavailable'), skipped }),
  z
    .strictObject({
      kind: z.literal('forecast'),
      model: z.enum(MODEL_NAMES),
      skipped,
      confidenceRatio: amount('Probability that the load stays below the 0.95 path.', { min: 0, max: 1 }),
      originAt: atMs('Start of the first step.'),
      stepSeconds: amount('Length of each step.', { min: 1, max: MAX_STEP_SECONDS }),
      meanRps: listOf(rps('Expected arrival rate.'), MOST_STEPS).min(1, { error: 'at least one step' }),
      quantilesRps: listOf(quantileRow, MOST_STEPS),
    })
    .refine(({ meanRps, quantilesRps }) => meanRps.length === quantilesRps.length, {
      path: ['quantilesRps'],
      error: 'as many steps as meanRps has',
    }),
]);

const timedReplicas = {
  at: atMs('When.'),
  replicas: amount('How many; signed for a change.', { min: -MAX_REPLICAS, max: MAX_REPLICAS }),
};
const memory = block({
  completeSince: atMs('Since when it has no hole.'),
  recommendations: listOf(z.strictObject(timedReplicas), MOST_ENTRIES),
  changes: listOf(
    z.strictObject({ ...timedReplicas, fromReplicas: replicas('What ran then.') }),
    MOST_ENTRIES,
  ),
  served: listOf(z.strictObject(timedReplicas), MOST_ENTRIES).default([]),
  backlogRequests: amount('Requests waiting.', { min: 0, max: MOST_REQUESTS }),
  backlogAt: atMs('When they waited.'),
  account: block({
    requests: amount('Requests that count.', { min: 0, max: MOST_ACCOUNTED_REQUESTS }),
    avoidablyLateRequests: amount('Of these, late for want of replicas.', {
      min: 0,
      max: MOST_ACCOUNTED_REQUESTS,
    }),
    seconds: amount('Time that counts.', { min: 0, max: MOST_ACCOUNTED_SECONDS }),
    askedReplicas: replicas('Asked for last.'),
    servingReplicas: replicas('Ready then.'),
  }).optional(),
  overshoot: block({
    weights: listOf(
      amount('Of what came, by its ratio.', { min: 0, max: MOST_ACCOUNTED_REQUESTS }),
      RATIO_EDGES.length,
    ).length(RATIO_EDGES.length, { error: `${RATIO_EDGES.length} weights` }),
    samples: amount('How many count.', { min: 0, max: MOST_REQUESTS }),
    forecastLossRps: amount("Of the forecast's own quantiles.", { min: 0, max: MOST_ACCOUNTED_REQUESTS }),
    overshootLossRps: amount('Of so many times what was expected.', { min: 0, max: MOST_ACCOUNTED_REQUESTS }),
    highestRps: rps('The highest load measured meanwhile.'),
    pending: listOf(
      z.strictObject({
        dueAt: atMs('When it is seen what came.'),
        expectedRps: rps('The larger of the measured load and the median.'),
        forecastRps: rps("The forecast's highest quantile."),
        overshootRps: amount('As many times the expected load as came until then.', {
          min: 0,
          max: MOST_ACCOUNTED_REQUESTS,
        }),
      }),
      MOST_ENTRIES,
    ),
  }).optional(),
});

export const whatIfSchema = block({
  policy: z.unknown(),
  observations: z.unknown(),
  forecast: forecast.optional(),
  memory: memory.optional(),
  tickSeconds: amount('Seconds until the next decision.', { min: 1, max: 3600 }).default(15),
});

export type WhatIfBody = z.output<typeof whatIfSchema>;
export type SamplesBody = z.output<typeof samplesSchema>;
export type ObservationBody = z.output<typeof observationSchema>;
