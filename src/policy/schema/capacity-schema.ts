import { z } from 'zod';
import { amount, block, count, duration } from './field-types.ts';
import { withRules } from './rules.ts';
import { DISPATCHES } from '../policy.ts';

const scalabilitySchema = block({
  contention: amount('Share (0..1) of the work that is done one at a time; 0 for linear scaling.', {
    min: 0,
    below: 1,
  }).default(0),
  coherency: amount(
    'Share (0..1) of the work that each pair of replicas adds by keeping in step; 0 for none.',
    { min: 0, below: 1 },
  ).default(0),
}).describe(
  'Universal Scalability Law: how capacity per replica falls as replicas are added. Replicas past the peak are never bought.',
);

const variabilitySchema = block({
  arrivals: amount('Of the times between arrivals: 1 for Poisson, above it for bursts.', {
    min: 0,
    max: 1000,
  }).default(1),
  service: amount(
    'Of the service time: 0 for constant, 1 for exponential, above it for a few that take long.',
    {
      min: 0,
      max: 1000,
    },
  ).default(1),
}).describe(
  'How arrivals and service vary, as measured: squared coefficients of variation (variance over squared mean). Not together with queueLimit or slo.patience.',
);

const warmUpSchema = block({
  duration: duration('How long a new replica takes to reach its full rate.').default('0s'),
  initialRatio: amount('Share (0..1) of its full rate that a new replica starts at.', {
    above: 0,
    max: 1,
  }).default(1),
}).describe('A cold replica serves below its full rate; the share rises to 1 over the duration.');

export const capacitySchema = withRules(
  block({
    serviceRateRps: amount(
      'Requests per second that one server (slot) completes when it is busy all the time.',
      { above: 0, max: 1e9 },
    ).optional(),
    estimate: block({})
      .describe(
        'Give {} instead of serviceRateRps to learn it from throughput and busySlots (or cpuUtilization and readyReplicas). Until it is known, what runs is kept.',
      )
      .optional(),
    serversPerReplica: count('Servers (slots): requests that one replica works on at a time.', {
      min: 1,
      max: 100_000,
    }).default(1),
    startupTime: duration(
      'From asking for a replica to its being ready. Leave out to learn it from the pods; until three have been seen to start, 2m is assumed.',
    ).optional(),
    dispatch: z
      .enum(DISPATCHES)
      .default('LeastRequests')
      .describe('How requests reach replicas. Central: one queue for all. Random: kube-proxy.'),
    scalability: scalabilitySchema.prefault({}),
    variability: variabilitySchema.prefault({}),
    warmUp: warmUpSchema.prefault({}),
    queueLimit: count(
      'Requests that a replica holds, in service and waiting, before it sheds. null: no limit.',
      { min: 1, max: 1_000_000 },
    )
      .nullable()
      .default(null),
  }),
  [
    {
      reads: ['serviceRateRps', 'estimate'],
      violation: ({ serviceRateRps, estimate }) => {
        if ((serviceRateRps === undefined) !== (estimate === undefined)) return undefined;
        const got =
          serviceRateRps === undefined
            ? 'neither serviceRateRps nor estimate'
            : 'both serviceRateRps and estimate';
        return { path: ['serviceRateRps'], got, allowed: 'exactly one of serviceRateRps and estimate' };
      },
      cel: [
        {
          rule: 'has(self.serviceRateRps) != has(self.estimate)',
          message: 'exactly one of serviceRateRps and estimate must be given',
          fieldPath: '.serviceRateRps',
        },
      ],
    },
    {
      reads: ['queueLimit', 'serversPerReplica'],
      violation: ({ queueLimit, serversPerReplica }) =>
        queueLimit === null || queueLimit >= serversPerReplica
          ? undefined
          : {
              path: ['queueLimit'],
              got: String(queueLimit),
              allowed: `at least serversPerReplica (${serversPerReplica}): requests in service count too`,
            },
      cel: [
        {
          rule: '!has(self.queueLimit) || self.queueLimit >= self.serversPerReplica',
          message: 'must be at least serversPerReplica: requests in service count too',
          fieldPath: '.queueLimit',
        },
      ],
    },
  ],
).describe('What one replica can do.');
