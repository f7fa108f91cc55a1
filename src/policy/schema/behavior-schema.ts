/**
 * autoscaling/v2 HorizontalPodAutoscalerBehavior, field by field, with HPA's defaults (kubernetes
 * pkg/apis/autoscaling/v2/defaults.go) except for one: HPA's tolerance is 0.1, because its counts follow a noisy
 * ratio. Ours come from a planned target, and a 10 % dead band would keep small planned changes from ever being made.
 */
import { z } from 'zod';
import { block, count, listOf } from './field-types.ts';

const QUANTITY = /^([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]{1,3}|E[+-]?[0-9]{1,3}|[num])?$/;
const TOLERANCE_FORM = 'a number of at least 0 or a Kubernetes quantity such as "0.1" or "50m"';
const THOUSANDTHS: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3 };

/** "50m" -> 0.05, "0.1" -> 0.1, 0.1 -> 0.1; NaN where it is neither. */
export function ratioFromQuantity(quantity: string | number): number {
  if (typeof quantity === 'number') return quantity;
  if (!QUANTITY.test(quantity)) return Number.NaN;
  const scale = THOUSANDTHS[quantity.slice(-1)];
  return scale === undefined ? Number(quantity) : Number(quantity.slice(0, -1)) * scale;
}

/** A CRD can say only "integer or string" of it, so in a cluster a fraction is written as text: "0.1". */
const toleranceSchema = z
  .union([z.string(), z.number()], { error: TOLERANCE_FORM })
  .refine((quantity) => ratioFromQuantity(quantity) >= 0, { error: TOLERANCE_FORM })
  .meta({
    'x-kubernetes-int-or-string': true,
    pattern: QUANTITY.source,
    'x-kubernetes-validations': [
      { rule: 'type(self) != int || self >= 0', message: `must be ${TOLERANCE_FORM}` },
    ],
  })
  .default('0')
  .describe(
    'Changes smaller than this share of the current count are not made. A quantity such as "0.1"; 0 by default (HPA: 0.1), since planned changes are small and meant.',
  );

const scalingPolicySchema = block({
  type: z.enum(['Pods', 'Percent']).describe('Whether value is replicas or percent of the replicas.'),
  value: count('How much may change within the period.', { min: 1, max: 2_147_483_647 }),
  periodSeconds: count('Length of the period in seconds.', { min: 1, max: 1800 }),
}).describe('How much may change within how long.');
type ScalingPolicy = z.output<typeof scalingPolicySchema>;

function scalingRules(windowSeconds: number, policies: ScalingPolicy[]) {
  return block({
    stabilizationWindowSeconds: count(
      'The most cautious recommendation of the last so many seconds is followed.',
      { min: 0, max: 3600 },
    ).default(windowSeconds),
    selectPolicy: z
      .enum(['Max', 'Min', 'Disabled'])
      .default('Max')
      .describe('Which policy counts: the one that allows most, least, or no change in this direction.'),
    policies: listOf(scalingPolicySchema, 20)
      .min(1, { error: 'a list of 1 to 20 policies; leave it out for the default' })
      .default(policies)
      .describe('How fast the count may change.'),
    tolerance: toleranceSchema,
  });
}

const scaleUpSchema = scalingRules(0, [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
]).describe('Rules for adding replicas.');

const scaleDownSchema = scalingRules(300, [{ type: 'Percent', value: 100, periodSeconds: 15 }]).describe(
  'Rules for removing replicas.',
);

export type ScalingRulesDocument = z.output<typeof scaleUpSchema>;

export const behaviorSchema = block({
  scaleUp: scaleUpSchema.prefault({}),
  scaleDown: scaleDownSchema.prefault({}),
}).describe('How fast the count may change: the behavior of a HorizontalPodAutoscaler (autoscaling/v2).');
