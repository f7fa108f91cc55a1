import { z } from 'zod';
import { amount, block, duration, keyedListOf, text } from './field-types.ts';

const scenarioSchema = block({
  name: text('Name of the scenario, unique within the policy.', 253),
  probability: amount('Probability (0..1) that it happens.', { min: 0, max: 1 }),
  capacityLoss: amount('Share (0..1) of the replicas that it takes.', { above: 0, below: 1 }),
  userImpact: amount('Share (0..1) of the requests that suffer while it lasts.', { min: 0, max: 1 }).default(
    1,
  ),
  recovery: duration('How long it lasts.', { above: 0 }),
  required: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('Cover it whatever it costs; otherwise only where that is cheaper than the violations.'),
}).describe('One failure that spare replicas can be held for.');

export const chaosSchema = block({
  safetyFactor: amount('Multiplies the capacity that a scenario takes; 1 for exactly that.', {
    min: 1,
    max: 10,
  }).default(1),
  availability: amount(
    'Share (0..1, both excluded) of time in which enough replicas must be up though they fail independently.',
    { above: 0, below: 1 },
  ).optional(),
  scenarios: keyedListOf(scenarioSchema, 'name', 50)
    .default([])
    .describe('The buffer is the largest that any covered scenario needs, never their sum.'),
}).describe('Spare replicas for failures.');
