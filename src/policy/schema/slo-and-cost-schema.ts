import { z } from 'zod';
import { amount, block, duration } from './field-types.ts';
import { withRules } from './rules.ts';

export const sloSchema = block({
  responseTime: duration('Requests must be answered within this time.', { above: 0 }),
  objective: amount('Share (0..1, both excluded) of requests that must be answered in time.', {
    above: 0,
    below: 1,
  }).default(0.99),
  patience: duration('Clients give up after this long. null: they wait for ever.', { above: 0 })
    .nullable()
    .default(null),
}).describe('The service level that replicas are bought for.');

const currencyForm = 'three capital letters such as USD (ISO 4217)';

export const costSchema = withRules(
  block({
    replicaHour: amount('Price of one replica for one hour, in the currency.', {
      above: 0,
      max: 1e9,
    }).optional(),
    violation: amount('Price of one request that is answered later than the SLO, in the currency.', {
      min: 0,
      max: 1e9,
    }).optional(),
    switching: amount('Price of one replica started, in the currency.', { min: 0, max: 1e9 }).default(0),
    currency: z
      .string({ error: currencyForm })
      .regex(/^[A-Z]{3}$/, { error: currencyForm })
      .default('USD')
      .describe('ISO 4217 code; a label, never converted.'),
  }),
  [
    {
      reads: ['replicaHour', 'violation'],
      violation: ({ replicaHour, violation }) => {
        if ((replicaHour === undefined) === (violation === undefined)) return undefined;
        const [missing, given] =
          replicaHour === undefined ? ['replicaHour', 'violation'] : ['violation', 'replicaHour'];
        return {
          path: [missing],
          got: `nothing, though ${given} is given`,
          allowed: 'both replicaHour and violation (the cost optimum), or neither (the objective alone)',
        };
      },
      cel: [
        {
          rule: 'has(self.replicaHour) == has(self.violation)',
          message: 'replicaHour and violation must be given together, or neither',
        },
      ],
    },
    {
      reads: ['replicaHour', 'switching'],
      violation: ({ replicaHour, switching }) =>
        replicaHour !== undefined || switching === 0
          ? undefined
          : {
              path: ['switching'],
              got: `${switching} without prices`,
              allowed: '0 or nothing, unless replicaHour and violation are given',
            },
      cel: [
        {
          rule: 'has(self.replicaHour) || self.switching == 0.0',
          message: 'has no meaning without replicaHour and violation',
          fieldPath: '.switching',
        },
      ],
    },
  ],
).describe(
  'Prices. With them the count is the cost optimum, never below the smallest count that meets the objective; without them it is that smallest count.',
);
