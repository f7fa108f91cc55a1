/**
 * THE PredictiveAutoscaler. Custom resource, file and API body all pass this schema; defaults live in it and nowhere
 * else; the CRD is generated from it. Cross-field rules stand beside the block that they are about.
 */
import { z } from 'zod';
import { behaviorSchema } from './schema/behavior-schema.ts';
import { eventsSchema, holidaysSchema, timeZoneSchema } from './schema/calendar-schema.ts';
import { capacitySchema } from './schema/capacity-schema.ts';
import { chaosSchema } from './schema/chaos-schema.ts';
import { block, count, MAX_REPLICAS, objectName, text } from './schema/field-types.ts';
import { forecastSchema } from './schema/forecast-schema.ts';
import { metadataSchema } from './schema/metadata-schema.ts';
import { metricsSchema } from './schema/metrics-schema.ts';
import {
  budgetSchema,
  dependenciesSchema,
  dependsOnSchema,
  hooksSchema,
} from './schema/neighbours-schema.ts';
import { withRules } from './schema/rules.ts';
import { costSchema, sloSchema } from './schema/slo-and-cost-schema.ts';
import { SPEC_RULES } from './schema/spec-rules.ts';

export const API_VERSION = 'prescale.dev/v1alpha1';
export const KIND = 'PredictiveAutoscaler';

const scaleTargetSchema = block({
  apiVersion: text('API version of the target.', 253).default('apps/v1'),
  kind: text('Kind of the target.', 63).default('Deployment'),
  name: objectName('Name of the target, in the namespace of this object.'),
}).describe('What to scale: anything with a scale subresource.');

const SCALE_TO_ZERO =
  'a whole number of at least 1; to scale to zero use KEDA, which can wake a workload that has no replica';

const specFields = block({
  scaleTargetRef: scaleTargetSchema,
  mode: z
    .enum(['Recommend', 'Scale', 'Floor'])
    .default('Recommend')
    .describe(
      'Recommend: decide, never write. Scale: write the scale subresource. Floor: raise the minimum of the HPA or ScaledObject that owns the target.',
    ),
  minReplicas: count('Never fewer replicas than this.', { min: 0, max: MAX_REPLICAS })
    .refine((replicas) => replicas !== 0, { error: SCALE_TO_ZERO })
    .meta({ 'x-kubernetes-validations': [{ rule: 'self >= 1', message: `must be ${SCALE_TO_ZERO}` }] })
    .default(1),
  maxReplicas: count('Never more replicas than this.', { min: 1, max: MAX_REPLICAS }),
  metrics: metricsSchema,
  capacity: capacitySchema,
  slo: sloSchema,
  cost: costSchema.prefault({}),
  forecast: forecastSchema.prefault({}),
  timeZone: timeZoneSchema.default('UTC'),
  holidays: holidaysSchema.optional(),
  events: eventsSchema.default([]),
  chaos: chaosSchema.prefault({}),
  dependencies: dependenciesSchema.default([]),
  dependsOn: dependsOnSchema.default([]),
  budget: budgetSchema.optional(),
  hooks: hooksSchema.optional(),
  behavior: behaviorSchema.prefault({}),
});

export const specSchema = withRules(specFields, SPEC_RULES).describe(
  'What to scale, what it can do, what it must hold, and what that may cost.',
);

export const policySchema = block({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal(KIND),
  metadata: metadataSchema,
  spec: specSchema,
  /** Written by the controller, and there in what `kubectl get -o yaml` prints; never read. */
  status: z.unknown().optional(),
});

/** A policy as it is written, valid, with every default filled in. */
export type PolicyDocument = z.output<typeof policySchema>;
export type PolicySpec = z.output<typeof specSchema>;
