import type { LiveFeature } from '../../domain/live-history.ts';
import type { FeatureContext } from './feature-context.ts';
import type { FeatureSpec } from './feature-spec.ts';

function live(name: LiveFeature, unit: string, read: FeatureSpec['read']): FeatureSpec {
  return { name, group: 'live', unit, source: `policy.metrics.${name}`, isReading: true, read };
}

function ratio(name: LiveFeature): FeatureSpec {
  return live(name, 'ratio, 0..1', (context) => nowOf(name, context));
}

/** For metrics without a natural bound: how far from their usual value. Both must be above 0. */
function toUsual(name: LiveFeature): FeatureSpec {
  return live(name, "log of the ratio to the last day's mean", (context) => {
    const now = nowOf(name, context);
    if (!(now > 0)) return Number.NaN;
    const usual = context.live!.dayMean(name, context.origin);
    return usual > 0 ? Math.log(now / usual) : Number.NaN;
  });
}

function nowOf(name: LiveFeature, { live: readings, origin }: FeatureContext): number {
  return readings?.now(name, origin) ?? Number.NaN;
}

export const liveFeatures: readonly FeatureSpec[] = [
  ratio('cpuUtilization'),
  ratio('memoryUtilization'),
  toUsual('latency'),
  ratio('errorRatio'),
  toUsual('connections'),
  toUsual('diskIo'),
  toUsual('inFlight'),
];
