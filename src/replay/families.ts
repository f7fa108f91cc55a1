/** The baselines, each a family of settings: what HPA could have been at best is part of an honest comparison. */
import { capacityRps } from '../size/service-model.ts';
import type { ReplayAutoscaler } from './autoscaler.ts';
import { cloudPredictiveVariants } from './baselines/cloud-predictive.ts';
import { createFastReactive } from './baselines/fast-reactive.ts';
import { createHpa, createRequestsHpa, HPA_DEFAULT_TARGET } from './baselines/hpa.ts';
import { createKeda } from './baselines/keda.ts';
import { createKnative } from './baselines/knative.ts';
import { createPredictiveHpa } from './baselines/predictive-hpa.ts';
import { oracleVariants } from './baselines/oracle.ts';
import { scheduleVariants } from './baselines/schedule.ts';
import type { ReplayWorld } from './play.ts';
import type { Variant } from './variant.ts';

export interface Family {
  readonly name: FamilyName;
  readonly variants: (world: ReplayWorld) => readonly Variant[];
}

export const FAMILY_NAMES = [
  'hpa',
  'keda',
  'knative',
  'fast-reactive',
  'predictive-hpa',
  'cloud-predictive',
  'schedule',
  'static',
  'oracle',
] as const;
export type FamilyName = (typeof FAMILY_NAMES)[number];

/** Those that look at what is, and at no forecast and no calendar. */
export const REACTIVE_FAMILIES: readonly FamilyName[] = ['hpa', 'keda', 'knative', 'fast-reactive'];

/** 10, 15, 20 and 25 %, then 30 to 95 % by 2.5: fine where it matters, and wide enough for every load. */
export const TARGET_RATIOS: readonly number[] = [
  0.1,
  0.15,
  0.2,
  0.25,
  ...Array.from({ length: 27 }, (_, i) => Number((0.3 + 0.025 * i).toFixed(3))),
];

/** Where a forecast comes on top, the coarser grid tells as much. */
const PREDICTIVE_TARGET_RATIOS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

export function hpaVariant(world: ReplayWorld, targetRatio: number): Variant {
  const { scaleDownWindowSeconds } = world.physics;
  return {
    setting: percent(targetRatio),
    create: () =>
      createHpa('hpa', { target: { type: 'AverageValue', ratio: targetRatio }, scaleDownWindowSeconds }),
  };
}

export function hpaDefaultVariant({ physics: { scaleDownWindowSeconds } }: ReplayWorld): Variant {
  return {
    setting: percent(HPA_DEFAULT_TARGET.ratio),
    create: () => createHpa('hpa', { target: HPA_DEFAULT_TARGET, scaleDownWindowSeconds }),
  };
}

/** Both metrics that one has: which of the two is the better HPA depends on the load. */
function hpaVariants(world: ReplayWorld): readonly Variant[] {
  const byRequests = byTarget((targetRps, scaleDownWindowSeconds) =>
    createRequestsHpa('hpa', { targetRps, scaleDownWindowSeconds }),
  )(world).map((variant) => ({ ...variant, setting: `${variant.setting}, by requests` }));
  return [...TARGET_RATIOS.map((target) => hpaVariant(world, target)), ...byRequests];
}

/** By target utilization: `rps` is what that leaves a replica to serve. */
function byTarget(
  create: (targetRps: number, scaleDownWindowSeconds: number) => ReplayAutoscaler,
): Family['variants'] {
  return ({ model, physics }) => {
    const replicaRps = capacityRps(model, 1);
    return TARGET_RATIOS.map((target) => ({
      setting: percent(target),
      create: () => create(target * replicaRps, physics.scaleDownWindowSeconds),
    }));
  };
}

/** Both of its models, at the targets around HPA's default. */
function predictiveHpaVariants({ physics }: ReplayWorld): readonly Variant[] {
  const rule = {
    scaleDownWindowSeconds: physics.scaleDownWindowSeconds,
    lookAheadSeconds: Math.max(...physics.startup.seconds),
  };
  return (['linear', 'holt-winters'] as const).flatMap((model) =>
    PREDICTIVE_TARGET_RATIOS.map((targetRatio) => ({
      setting: `${model}, ${percent(targetRatio)}`,
      create: () => createPredictiveHpa('predictive-hpa', { ...rule, model, targetRatio }),
    })),
  );
}

/** Without `static`, which is searched and not swept (`cheapestConstant`). */
export const SWEPT_FAMILIES: readonly Family[] = [
  { name: 'hpa', variants: hpaVariants },
  {
    name: 'keda',
    variants: byTarget((targetRps, scaleDownWindowSeconds) =>
      createKeda('keda', { targetRps, scaleDownWindowSeconds }),
    ),
  },
  { name: 'knative', variants: byTarget((targetRps) => createKnative('knative', { targetRps })) },
  {
    name: 'fast-reactive',
    variants: byTarget((targetRps, scaleDownWindowSeconds) =>
      createFastReactive('fast-reactive', { targetRps, scaleDownWindowSeconds }),
    ),
  },
  { name: 'predictive-hpa', variants: predictiveHpaVariants },
  { name: 'cloud-predictive', variants: cloudPredictiveVariants },
  { name: 'schedule', variants: scheduleVariants },
  { name: 'oracle', variants: oracleVariants },
];

function percent(ratio: number): string {
  return `${Number((100 * ratio).toFixed(1))} %`;
}
