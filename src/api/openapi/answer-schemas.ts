/** The forms of the API's answers, for the OpenAPI document; a test holds every real answer against them. */
import { z } from 'zod';
import { MODEL_NAMES } from '../../domain/forecast.ts';
import { SIZING_REASONS } from '../../domain/sizing.ts';
import { accuracy, decisionBody, reason, skipped, weights } from './decision-body.ts';
import { at, ratio, replicas, rps } from './figures.ts';

const count = z.int().min(0).nullable();
const shownRate = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal(['value', 'stale']),
    rps: z.number(),
    endsAt: at('End of its interval.'),
  }),
  z.strictObject({ kind: z.literal('notANumber'), endsAt: at('End of its interval.') }),
  z.strictObject({ kind: z.literal('empty') }),
  z.strictObject({ kind: z.literal(['partial', 'queryRejected', 'sourceDown']), message: z.string() }),
]);

const summaryFields = {
  namespace: z.string(),
  name: z.string(),
  mode: z.enum(['Recommend', 'Scale', 'Floor']),
  paused: z.boolean(),
  policyHash: z.string(),
  slo: z.strictObject({ responseSeconds: z.number(), objectiveRatio: ratio('Within it.') }),
  minReplicas: replicas('Never fewer.'),
  maxReplicas: replicas('Never more.'),
  currentReplicas: count,
  readyReplicas: count,
  recommendedReplicas: count,
  desiredReplicas: count,
  arrivalRate: shownRate.nullable(),
  forecast: z
    .strictObject({
      model: z.enum(MODEL_NAMES),
      confidenceRatio: ratio('Of its upper path.'),
      peakRps: rps('Highest median.'),
      peakAt: at('When.'),
    })
    .nullable(),
  sloViolationProbability: z.number().min(0).max(1).nullable(),
  costPerHour: z.strictObject({ total: z.number(), currency: z.string() }).nullable(),
  lastDecision: z
    .strictObject({
      id: z.string(),
      decidedAt: at('When.'),
      outcome: z.enum(['scale', 'hold', 'abstain']),
      reason,
    })
    .nullable(),
};

const summary = z.strictObject(summaryFields).meta({ id: 'AutoscalerSummary' });
export const fleetAnswer = z.strictObject({ items: z.array(summary) });
export const autoscalerAnswer = z
  .strictObject({
    ...summaryFields,
    policy: z.record(z.string(), z.unknown()).describe('The compiled policy, with units in its names.'),
    decision: decisionBody.nullable(),
  })
  .meta({ id: 'Autoscaler' });
export const decisionPage = z.strictObject({
  items: z.array(decisionBody),
  nextBefore: z.string().nullable().describe('The cursor of the next page; null: there is none.'),
  completeSince: at('Since when no decision is missing; null while there is none.').nullable(),
});

export const forecastAnswer = z
  .strictObject({
    model: z.enum(MODEL_NAMES).nullable(),
    skipped,
    confidenceRatio: ratio('Of its upper path.').optional(),
    originAt: at('Start of the first step.').optional(),
    stepSeconds: z.number().optional(),
    weights: weights.nullable().optional(),
    accuracy: accuracy.nullable().optional(),
    points: z.array(
      z.strictObject({
        at: at('Start of the step.'),
        meanRps: rps('Expected.'),
        quantilesRps: z.record(z.string(), z.number()).describe('By level.'),
      }),
    ),
  })
  .meta({ id: 'Forecast' });

const ahead = z.strictObject({
  endsAt: at('End of the slot that it is for.'),
  lowerRps: rps('Its 0.05 quantile.'),
  medianRps: rps('Its median.'),
  upperRps: rps('Its 0.95 quantile.'),
});
const point = z
  .strictObject({
    id: z.string(),
    at: at('When it was decided.'),
    arrivalRate: z.strictObject({ rps: rps('Measured.'), endsAt: at('End of its slot.') }).nullable(),
    currentReplicas: replicas('What the target asked for.'),
    readyReplicas: replicas('Ready.'),
    recommendedReplicas: count,
    desiredReplicas: replicas('After guards.'),
    outcome: z.enum(['scale', 'hold', 'abstain']),
    reason,
    sloViolationProbability: z.number().min(0).max(1).nullable(),
    costPerHour: z.number().nullable(),
    forecast: z
      .strictObject({
        model: z.enum(MODEL_NAMES),
        confidenceRatio: ratio('Of its upper path.'),
        stepSeconds: z.number(),
        ahead: ahead.describe('As forecast for the slot in which what is asked for now would serve.'),
      })
      .nullable(),
  })
  .meta({ id: 'HistoryPoint' });
export const historyAnswer = z.strictObject({
  items: z.array(point),
  completeSince: at('Since when no decision is missing; null while there is none.').nullable(),
});

const spread = z
  .strictObject({ min: z.number(), max: z.number(), last: z.number() })
  .meta({ id: 'Spread', description: 'Of a figure within a stretch of time.' });
const stretch = z
  .strictObject({
    at: at('Its begin, a whole multiple of stepSeconds since the epoch.'),
    endsAt: at('Its end.'),
    decisions: z.number().int().min(1).describe('Made in it.'),
    arrivalRate: z
      .strictObject({
        minRps: rps('Least measured.'),
        maxRps: rps('Most measured.'),
        lastRps: rps('Measured last.'),
        meanRps: rps('Mean over its decisions.'),
      })
      .nullable(),
    currentReplicas: spread,
    readyReplicas: spread,
    recommendedReplicas: spread.nullable(),
    sloViolationProbability: z.number().min(0).max(1).nullable().describe('The highest.'),
  })
  .meta({ id: 'TrendStretch' });
export const trendAnswer = z.strictObject({
  stepSeconds: z.number(),
  items: z.array(stretch),
  nextBefore: at('The cursor of the next page; null: there is none.').nullable(),
});

const money = z.strictObject({ replicas: z.number(), violations: z.number(), total: z.number() });
const ledgerSide = z.strictObject({
  replicaHours: z.number(),
  lateRequests: z.number(),
  violatedSeconds: z.number().describe('More late requests than the objective allows.'),
  cost: money,
});
export const ledgerAnswer = z
  .strictObject({
    since: at('The first accounted tick.').nullable(),
    accountedSeconds: z.number().min(0).describe('For which a trusted measurement was there.'),
    requests: z.number().min(0),
    currency: z.string(),
    prescale: ledgerSide,
    hpa: ledgerSide.describe('HPA with its defaults, 80 % utilization.'),
    saved: ledgerSide.describe("Of HPA's by prescale; negative: lost."),
  })
  .meta({ id: 'Ledger' });

const price = z.number().nullable();
export const sizeAnswer = z
  .strictObject({
    replicas: replicas('The count.'),
    servers: z.int().min(0),
    stable: z.boolean().describe('false: there is no steady state, and so no waits to tell.'),
    reason: z.enum([...SIZING_REASONS, 'Given', 'TooFewReplicas', 'TooManyReplicas']),
    offeredLoadErlangs: z.number().min(0),
    utilizationRatio: z.number().min(0),
    waitProbability: z.number().min(0).max(1).nullable(),
    meanWaitSeconds: z.number().min(0).nullable(),
    meanResponseSeconds: z.number().min(0).nullable(),
    sloViolationProbability: ratio('Share of requests over the SLO.'),
    costPerHour: z.strictObject({ replicas: price, violations: price, total: price }),
  })
  .meta({ id: 'SizeAnswer' });

export const problemAnswer = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    problems: z
      .array(z.strictObject({ path: z.string(), got: z.string(), allowed: z.string() }))
      .optional()
      .describe('Every field that is wrong.'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });

export const statusAnswer = z.strictObject({ status: z.enum(['ok', 'ready']) });
