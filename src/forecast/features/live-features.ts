import type { LiveFeature, LiveReading } from './feature-context.ts';
import type { FeatureSpec } from './feature-spec.ts';

function live(name: LiveFeature, unit: string, value: (reading: LiveReading) => number): FeatureSpec {
  return {
    name,
    group: 'live',
    unit,
    source: `policy.metrics.${name}`,
    read: ({ live: readings }) => {
      const reading = readings?.[name];
      return reading === undefined ? Number.NaN : value(reading);
    },
  };
}

/** For metrics without a natural bound: how far from their usual value. Both must be above 0. */
function toUsual({ now, dayMean }: LiveReading): number {
  return now > 0 && dayMean > 0 ? Math.log(now / dayMean) : Number.NaN;
}

const TO_USUAL = "log of the ratio to the last day's mean";

export const liveFeatures: readonly FeatureSpec[] = [
  live('cpuUtilization', 'ratio, 0..1', ({ now }) => now),
  live('memoryUtilization', 'ratio, 0..1', ({ now }) => now),
  live('latency', TO_USUAL, toUsual),
  live('errorRatio', 'ratio, 0..1', ({ now }) => now),
  live('connections', TO_USUAL, toUsual),
  live('diskIo', TO_USUAL, toUsual),
  live('inFlight', TO_USUAL, toUsual),
];
