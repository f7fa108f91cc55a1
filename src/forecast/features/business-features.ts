import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { CalendarEvent } from '../known-events.ts';
import type { FeatureContext } from './feature-context.ts';
import type { FeatureSpec } from './feature-spec.ts';

const MS_PER_HOUR = SECONDS_PER_HOUR * MS_PER_SECOND;

function originMs({ origin, stepSeconds }: FeatureContext): number {
  return origin * stepSeconds * MS_PER_SECOND;
}

/** Events that touch the time from the origin to the end of the horizon. */
function withinHorizon(context: FeatureContext): readonly CalendarEvent[] {
  const fromMs = originMs(context);
  const toMs = fromMs + context.horizonSteps * context.stepSeconds * MS_PER_SECOND;
  return context.events.filter(({ startAtMs, endAtMs }) => startAtMs < toMs && endAtMs > fromMs);
}

function running(context: FeatureContext): boolean {
  const atMs = originMs(context);
  return context.events.some(({ startAtMs, endAtMs }) => startAtMs <= atMs && atMs < endAtMs);
}

/** NaN: none is known. */
function lastRolloutAtMs({ live, origin }: FeatureContext): number {
  return live?.lastRolloutAtMs(origin) ?? Number.NaN;
}

export const businessFeatures: readonly FeatureSpec[] = [
  {
    name: 'campaignActive',
    group: 'business',
    unit: '0 or 1',
    source: 'policy.events',
    read: (context) => (running(context) ? 1 : 0),
  },
  {
    name: 'eventWithinHorizon',
    group: 'business',
    unit: '0 or 1',
    source: 'policy.events',
    read: (context) => (withinHorizon(context).length > 0 ? 1 : 0),
  },
  {
    name: 'eventMultiplier',
    group: 'business',
    unit: 'log of the largest multiplier inside the horizon; 0 for none',
    source: 'policy.events',
    read: (context) =>
      withinHorizon(context).reduce(
        (most, event) => Math.max(most, Math.log(event.arrivalRateMultiplier)),
        0,
      ),
  },
  {
    name: 'sinceDeploy',
    group: 'business',
    unit: 'log(1 + hours since the newest rollout)',
    source: 'rollouts of the target',
    isReading: true,
    read: (context) => Math.log1p(Math.max(0, originMs(context) - lastRolloutAtMs(context)) / MS_PER_HOUR),
  },
];
