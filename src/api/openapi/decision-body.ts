/** The form of a Decision on the wire (`explain/to-json.ts`), for the OpenAPI document. */
import { z } from 'zod';
import { ACTUATION_RESULTS } from '../../domain/actuation.ts';
import { BUDGET_UNITS } from '../../domain/budget-share.ts';
import { GUARD_NAMES } from '../../domain/decision.ts';
import {
  EXPERT_NAMES,
  MODEL_NAMES,
  NETWORK_REASONS,
  QUANTILE_LEVELS,
  SKIP_REASONS,
} from '../../domain/forecast.ts';
import { HOLD_REASONS, type HoldReason } from '../../domain/hold.ts';
import { METRIC_NAMES } from '../../domain/metric-name.ts';
import { REASONS, type Reason } from '../../domain/reasons.ts';
import { RATE_SOURCES } from '../../domain/service-rate.ts';
import { SIZING_REASONS } from '../../domain/sizing.ts';
import { STARTUP_SOURCES } from '../../domain/startup-time.ts';
import { at, ratio, replicas, rps } from './figures.ts';
import { overshoot, overshootRecord } from './overshoot-body.ts';

const seconds = (description: string) => z.number().min(0).describe(description);
export const reason = z.enum(Object.keys(REASONS) as [Reason, ...Reason[]]).meta({ id: 'Reason' });
export const workload = z.strictObject({ namespace: z.string(), name: z.string() });

const caller = {
  name: z.string(),
  ratio: z.number().positive().describe('Requests that each of its causes.'),
};
const value = z.number();
const endsAt = at('End of the interval that it is the mean of.');
const measurement = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('value'), value, endsAt }),
    z.strictObject({ kind: z.literal('stale'), value, endsAt }),
    z.strictObject({ kind: z.literal('empty') }),
    z.strictObject({ kind: z.literal('notANumber'), endsAt }),
    z.strictObject({ kind: z.literal('partial'), message: z.string() }),
    z.strictObject({ kind: z.literal('queryRejected'), message: z.string() }),
    z.strictObject({ kind: z.literal('sourceDown'), message: z.string() }),
  ])
  .meta({ id: 'Measurement', description: 'What came back for a metric; only `value` is a trusted number.' });

const learnedRate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unknown'), message: z.string() }),
  z.strictObject({
    kind: z.literal('learned'),
    rateRps: rps('Of one server.'),
    lowerRps: rps('Lower end of its 95 % interval: what is sized with.'),
    upperRps: rps('Upper end.'),
    source: z.enum(RATE_SOURCES),
    samples: z.int().min(1),
    sinceAt: at('Start of the oldest slot that it was learned from.'),
    drop: z.strictObject({ at: at('When it fell.'), beforeRps: rps('What it was.') }).nullable(),
  }),
]);

const learnedStartup = z.strictObject({
  p50Seconds: seconds('Half of the replicas were ready within it.'),
  p95Seconds: seconds('95 of 100 were.'),
  samples: z.int().min(1).describe('How many replicas were seen to start.'),
});
const startup = z
  .strictObject({
    seconds: seconds('From asking for a replica to its being ready.'),
    source: z.enum(STARTUP_SOURCES),
  })
  .describe('What a replica was taken to need to start, and who says so.');

const observed = z.strictObject({
  workload,
  observedAt: at('When.'),
  arrivalRate: measurement,
  context: z.partialRecord(z.enum(METRIC_NAMES), measurement),
  dependencies: z.array(z.strictObject({ name: z.string(), free: measurement })),
  callers: z
    .array(z.strictObject({ ...caller, arrivalRateRps: rps('What it is asked for now.').nullable() }))
    .describe('Workloads that call this one.')
    .optional(),
  budget: z
    .strictObject({
      group: z.string(),
      unit: z.enum(BUDGET_UNITS),
      most: z.number().describe('What all of the group may have together.'),
      asked: z.number().describe('What all of them asked for.'),
      mostReplicas: replicas('The share of this workload.'),
    })
    .describe('What a shared budget leaves; absent where it suffices for all.')
    .optional(),
  coverageRatio: ratio('Share of the recent slots that hold a sample.'),
  serviceRateRps: z.number().nullable().describe('Of one server, as it is sized with; null: not known.'),
  learnedRate: learnedRate.optional(),
  learnedStartup: learnedStartup.optional(),
  currentReplicas: replicas('What the target asks for.'),
  readyReplicas: replicas('Ready.'),
  startingReplicas: replicas('Asked for and not ready.'),
  rollingOut: z.boolean(),
  paused: z.boolean(),
  backlogRequests: z.number().min(0),
});

const timedReplicas = { at: at('When.'), replicas: z.int() };
const memory = z.strictObject({
  completeSince: at('Since when it has no hole.'),
  recommendations: z.array(z.strictObject(timedReplicas)),
  changes: z.array(z.strictObject({ ...timedReplicas, fromReplicas: replicas('What ran then.') })),
  served: z.array(z.strictObject(timedReplicas)),
  backlogRequests: z.number().min(0),
  backlogAt: at('The instant that the backlog is for.'),
  account: z
    .strictObject({
      requests: z.number().min(0),
      avoidablyLateRequests: z.number().min(0).describe('Of these, late for want of replicas.'),
      seconds: z.number().min(0).describe('Time that counts.'),
      askedReplicas: replicas('Asked for last.'),
      servingReplicas: replicas('Ready then.'),
    })
    .optional()
    .describe('What became of the requests served, where the policy gives no prices; older ones weigh less.'),
  overshoot: overshootRecord.optional(),
});

export const skipped = z.array(
  z.strictObject({ model: z.enum(MODEL_NAMES), reason: z.enum(SKIP_REASONS), message: z.string() }),
);
export const weights = z
  .array(z.strictObject({ expert: z.enum(EXPERT_NAMES), weightRatio: ratio('Share in the forecast.') }))
  .describe('Of a forecast that several experts made.');
export const accuracy = z
  .strictObject({
    slots: z.number().min(0).describe('How many slots count; newer ones weigh more.'),
    absoluteErrorRatio: z.number().min(0).describe('Sum of absolute errors over the sum of what came.'),
    biasRatio: z.number().describe('Above 0: the forecasts were too high.'),
    coverage90Ratio: ratio('Share of slots between the 0.05 and 0.95 quantiles.'),
    upper95Ratio: ratio('Share of slots at or below the 0.95 quantile.'),
    toNaiveRatio: z.number().min(0).optional().describe('Error over that of "all stays as it is".'),
  })
  .meta({ id: 'ForecastAccuracy', description: 'How good the forecasts before this one were.' });
const forecast = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unavailable'), skipped }),
  z.strictObject({
    kind: z.literal('forecast'),
    model: z.enum(MODEL_NAMES),
    skipped,
    confidenceRatio: ratio('Probability that the load stays at or below the upper path.'),
    originAt: at('Start of the first step.'),
    stepSeconds: seconds('Length of a step.'),
    meanRps: z.array(rps('Expected arrival rate of the step.')),
    quantilesRps: z.array(z.array(z.number()).length(QUANTILE_LEVELS.length)),
    weights: weights.optional(),
    change: z
      .strictObject({ at: at('Start of the new level.'), direction: z.enum(['up', 'down']) })
      .describe('An abrupt change of the load, while the level since then leads the forecast.')
      .optional(),
    networkInUse: z
      .strictObject({
        network: z.enum(['champion', 'challenger']),
        reason: z.enum(NETWORK_REASONS),
        message: z.string(),
      })
      .describe(
        'Which of two networks forecasts, of the models ensemble and lstm where a challenger takes part.',
      )
      .optional(),
    accuracy: accuracy.optional(),
    callers: z.array(z.strictObject(caller)).describe('Whose expected load is in it.').optional(),
  }),
]);

const cost = z.strictObject({ replicas: z.number(), violations: z.number(), total: z.number() });
const candidate = z.strictObject({
  replicas: replicas('A count.'),
  sloViolationProbability: ratio('Share of requests over the SLO with it.'),
  costPerHour: cost,
});
const scenario = z.strictObject({
  scenario: z.string(),
  cover: z.enum(['Required', 'Worthwhile', 'TooDear']),
  need: z
    .strictObject({ neededReplicas: replicas('In its world.'), lostReplicas: replicas('Taken by it.') })
    .optional(),
  isSurvived: z.boolean(),
});
const sizing = z.strictObject({
  basis: z.enum(['forecast', 'measured']),
  reason: z.enum(SIZING_REASONS),
  leadTimeSeconds: seconds('From now until what is asked for now would serve.'),
  sizedForRps: rps('The arrival rate that the count is meant to carry.'),
  peakAt: at('When.'),
  serviceRateRps: z.number().min(0),
  offeredLoadErlangs: z.number().min(0),
  servers: z.int().min(0),
  utilizationRatio: z.number().min(0),
  waitProbability: z.number().min(0).max(1).nullable(),
  meanResponseSeconds: z.number().min(0).nullable(),
  sloViolationProbability: ratio('Share of requests over the SLO.'),
  costPerHour: cost,
  candidates: z.array(candidate),
  neededReplicas: replicas('Before the buffer.'),
  buffer: z
    .strictObject({
      scenario: z.string(),
      bufferReplicas: replicas('Spare.'),
      costPerHour: z.number().min(0),
    })
    .nullable(),
  resilience: z
    .strictObject({ ratio: ratio('Share of the scenarios survived.'), scenarios: z.array(scenario) })
    .optional(),
  replicas: replicas('The recommendation before guards.'),
  plan: z.array(z.strictObject(timedReplicas)).optional(),
  dependency: z.strictObject({ name: z.string(), mostReplicas: z.int() }).optional(),
  objectivePrice: z
    .strictObject({
      replicaSeconds: z
        .number()
        .min(0)
        .describe('One late request weighs as much as so many of one replica.'),
      avoidablyLateRatio: ratio('Share of requests late for want of replicas so far.'),
      allowedRatio: ratio('What the objective leaves for that.'),
      accountSeconds: z.number().min(0).describe('Time that counts.'),
    })
    .optional()
    .describe(
      'What a late request was weighed with, where the policy gives no prices and the load is not certain.',
    ),
  surge: z
    .strictObject({
      measuredRps: rps('Measured, and newer than the forecast.'),
      expectedRps: rps('The forecast of the same time, its median.'),
      addedRps: rps('Added to the forecast of the steps that are asked for now.'),
    })
    .optional()
    .describe('Where the load is above its forecast.'),
  overshoot: overshoot.optional(),
  overload: z
    .strictObject({
      waitingRequests: z.number().min(0).describe('Will wait when what is asked for now serves.'),
      drainSeconds: z.number().min(0).describe('So long it takes to work them off.'),
    })
    .optional()
    .describe('Where more arrives than what runs and what starts can serve.'),
});

const guard = z.strictObject({
  guard: z.enum(GUARD_NAMES),
  beforeReplicas: replicas('Before it.'),
  afterReplicas: replicas('After it.'),
  reason,
  message: z.string(),
});
const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('scale'), toReplicas: replicas('Asked for.'), reason }),
  z.strictObject({ kind: z.literal('hold'), reason }),
  z.strictObject({ kind: z.literal('abstain'), reason }),
]);

const hold = z
  .strictObject({ reason: z.enum(Object.keys(HOLD_REASONS) as HoldReason[]), message: z.string() })
  .describe('Why less was asked for than was decided.');

export const decisionBody = z
  .strictObject({
    id: z.string(),
    currentReplicas: replicas('What the target asked for.'),
    recommendedReplicas: z.int().min(0).nullable().describe('Before guards; null: nothing was sized.'),
    desiredReplicas: replicas('After guards.'),
    forecastAgeSeconds: z
      .number()
      .nullable()
      .describe('Seconds from the end of the newest slot that the forecast knew; null without a forecast.'),
    workload,
    policyHash: z.string(),
    decidedAt: at('When.'),
    tickSeconds: seconds('Until the next decision.'),
    startup: startup.optional(),
    slo: z.strictObject({
      responseSeconds: seconds('Not to be exceeded.'),
      objectiveRatio: ratio('By this share.'),
    }),
    observed,
    memory,
    forecast,
    hpaReplicas: replicas('What HPA would have asked for from the same measurements.').optional(),
    sizing: sizing.optional(),
    guards: z.array(guard),
    outcome,
    quantileLevels: z.array(z.number()).describe('Of the columns of forecast.quantilesRps.'),
    actuation: z
      .strictObject({
        result: z.enum(ACTUATION_RESULTS),
        toReplicas: replicas('Written, or to be.'),
        message: z.string(),
        hold: hold.optional(),
      })
      .nullable(),
  })
  .meta({ id: 'Decision', description: 'One decision with its full reasoning.' });
