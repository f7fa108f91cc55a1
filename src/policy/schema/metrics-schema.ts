import type { z } from 'zod';
import { block, duration, text } from './field-types.ts';
import { secondsCel, withRules } from './rules.ts';
import { DURATION_FORM, durationFromSeconds, secondsFromDuration } from '../../domain/duration.ts';

const MAX_QUERY_CHARACTERS = 8192;

function query(description: string): z.ZodObject<{ query: z.ZodString }, z.core.$strict> {
  return block({
    query: text('PromQL that gives exactly one series.', MAX_QUERY_CHARACTERS),
  }).describe(description);
}

/** Whether `later` is a time of at least `earlier`; both are valid duration texts here. */
function isAtLeast(later: string, earlier: string): boolean {
  return (secondsFromDuration(later) ?? 0) >= (secondsFromDuration(earlier) ?? 0);
}

export const metricsSchema = withRules(
  block({
    source: text("Name of a Prometheus in the controller's configuration.", 253).default('default'),
    delay: duration(
      'Scrape interval plus rate window: a step of the history is used from this long after its end on.',
    ).default('30s'),
    staleAfter: duration(
      'A newest sample older than this is not decided on. A sample that no newer one can have replaced yet (delay plus one forecast step) is never called stale.',
      { above: 0 },
    ).default('2m'),
    arrivalRate: query('Arriving requests per second. Required: this is what replicas are sized for.'),
    cpuUtilization: query('CPU in use, as a share (0..1) of what is requested.').optional(),
    memoryUtilization: query('Memory in use, as a share (0..1) of what is requested.').optional(),
    latency: query('Response time in seconds.').optional(),
    errorRatio: query('Share (0..1) of requests that fail.').optional(),
    connections: query('Open connections.').optional(),
    diskIo: query('Bytes read and written per second.').optional(),
    inFlight: query('Requests that are being worked on or waiting.').optional(),
    throughput: query('Completed requests per second.').optional(),
    busySlots: query('Servers (slots) that are working on a request.').optional(),
    readyReplicas: query('Replicas that are ready.').optional(),
  }),
  [
    {
      reads: ['delay', 'staleAfter'],
      violation: ({ delay, staleAfter }) =>
        isAtLeast(staleAfter, delay)
          ? undefined
          : {
              path: ['staleAfter'],
              got: staleAfter,
              allowed: `${DURATION_FORM}, at least delay (${durationFromSeconds(secondsFromDuration(delay) ?? 0)}): otherwise every sample is stale`,
            },
      cel: [
        {
          rule: `${secondsCel('self.staleAfter')} >= ${secondsCel('self.delay')}`,
          message: 'must be at least delay: otherwise every sample is stale',
          fieldPath: '.staleAfter',
        },
      ],
    },
  ],
).describe('Where the measurements come from.');
