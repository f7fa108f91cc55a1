/** What the controller writes back. Part of the CRD; on input it is tolerated and not read. */
import { z } from 'zod';
import { STARTUP_SOURCES } from '../../domain/startup-time.ts';

const replicas = (description: string) => z.int().min(0).describe(description).optional();
const time = (description: string) => z.iso.datetime().describe(description);

const conditionSchema = z
  .object({
    type: z.string().describe('AbleToScale, ScalingActive, ScalingLimited or ForecastHealthy.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
    reason: z.string().describe('One word for why, CamelCase.'),
    message: z.string().describe('One sentence with the numbers.'),
    lastTransitionTime: time('When status last changed.'),
    observedGeneration: z.int().describe('The generation of the spec that this is about.').optional(),
  })
  .describe('One condition.');

const seconds = (description: string) => z.number().min(0).describe(description);

const startupSchema = z
  .object({
    seconds: seconds('Seconds from asking for a replica to its being ready, as last decided with.'),
    source: z
      .enum(STARTUP_SOURCES)
      .describe('Who says so: the policy, the pods that were seen to start, or nobody yet.'),
    p50Seconds: seconds('Half of the replicas that were seen to start were ready within it.').optional(),
    p95Seconds: seconds('95 of 100 were.').optional(),
    samples: z.int().min(0).describe('How many starts that is about, the newest.').optional(),
    target: z.string().describe('Whose pods they were.').optional(),
    recentSeconds: z
      .array(seconds('One start.'))
      .max(100)
      .describe('Those starts, the newest last.')
      .optional(),
    newestPodAt: time('Creation of the newest pod that was counted.').optional(),
  })
  .describe('How long replicas take to start.');

export const statusSchema = z
  .object({
    observedGeneration: z.int().describe('The generation of the spec that was last decided on.').optional(),
    currentReplicas: replicas('Replicas that the target asks for now.'),
    recommendedReplicas: replicas('Replicas that the queueing answer asks for, before any guard.'),
    desiredReplicas: replicas('Replicas that the target should have, after all guards.'),
    reason: z.string().describe('Why the last decision is what it is, one word.').optional(),
    forecast: z
      .object({
        model: z.string().describe('The model that was used.').optional(),
        confidence: z
          .number()
          .describe('Probability (0..1) that the load stays below its upper path.')
          .optional(),
        peakRps: z
          .number()
          .describe('Highest expected arrival rate of the horizon, requests per second.')
          .optional(),
        at: time('When that peak is expected.').optional(),
      })
      .describe('The forecast that was last decided on.')
      .optional(),
    lastScaleTime: time('When the count was last changed.').optional(),
    startup: startupSchema.optional(),
    conditions: z
      .array(conditionSchema)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
      .describe('Conditions, one of each type.')
      .optional(),
  })
  .describe('What was last decided; written by the controller.');
