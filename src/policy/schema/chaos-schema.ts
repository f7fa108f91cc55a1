import { z } from 'zod';
import { amount, block, count, duration, keyedListOf, MAX_REPLICAS, text } from './field-types.ts';
import { withRules, type Rule } from './rules.ts';
import { AVAILABILITY_SCENARIO } from '../policy.ts';

/** Each may need a sizing of its own. */
const MOST_SCENARIOS = 20;

const PERCENT = /^(100|[0-9]{1,2})%$/;

/** "25%" -> 0.25; the schema has checked the form. */
export function ratioFromPercent(percent: string): number {
  return Number(percent.slice(0, -1)) / 100;
}

/** As in a Deployment: replicas, or a percentage of them. */
function replicasOrPercent(description: string): z.ZodDefault<z.ZodUnion<readonly [z.ZodInt, z.ZodString]>> {
  const error = `a whole number of replicas of at most ${MAX_REPLICAS}, or a percentage such as "25%"`;
  return z
    .union([z.int({ error }).min(0, { error }).max(MAX_REPLICAS, { error }), z.string({ error })], { error })
    .refine((given) => typeof given === 'number' || PERCENT.test(given), { error })
    .meta({
      'x-kubernetes-int-or-string': true,
      pattern: PERCENT.source,
      maxLength: 4,
      'x-kubernetes-validations': [
        { rule: `type(self) != int || (self >= 0 && self <= ${MAX_REPLICAS})`, message: `must be ${error}` },
      ],
    })
    .default('25%')
    .describe(description);
}

const rolloutSchema = block({
  maxUnavailable: replicasOrPercent(
    'Replicas that may be unavailable during the update; a percentage is rounded down.',
  ),
  maxSurge: replicasOrPercent(
    'Replicas above the count during the update. They add nothing until they are ready; without any, at least one replica is unavailable.',
  ),
}).describe("A rolling update, as in the Deployment's strategy.rollingUpdate.");
export type RolloutDocument = z.output<typeof rolloutSchema>;

/** What a scenario does; exactly one of them. */
const EFFECTS = {
  capacityLoss: amount('Share (0..1) of the replicas that it takes.', { above: 0, below: 1 }).optional(),
  zones: count('One of so many zones fails; the replicas are spread evenly over them.', {
    min: 2,
    max: 100,
  }).optional(),
  rollout: rolloutSchema.optional(),
  replicasPerNode: count('A node with so many of the replicas is drained.', {
    min: 1,
    max: MAX_REPLICAS,
  }).optional(),
  arrivalRateMultiplier: amount('So many times the requests arrive, such as 1.5 when a third are retries.', {
    above: 1,
    max: 100,
  }).optional(),
  serviceRateMultiplier: amount(
    'A server works at this share (0..1) of its rate, such as 0.7 when a dependency is slow.',
    { above: 0, below: 1 },
  ).optional(),
};
const EFFECT_FIELDS = Object.keys(EFFECTS) as (keyof typeof EFFECTS)[];

const scenarioFields = block({
  name: text('Name of the scenario, unique within the policy.', 253),
  probability: amount('Probability (0..1) that it happens.', { min: 0, max: 1 }),
  ...EFFECTS,
  userImpact: amount('Share (0..1) of the requests that suffer while it lasts.', { min: 0, max: 1 }).default(
    1,
  ),
  recovery: duration('How long it lasts.', { above: 0 }),
  availability: amount(
    'Share (0..1, both excluded) of its time in which enough of the replicas that it leaves must be up though they fail independently.',
    { above: 0, below: 1 },
  ).optional(),
  required: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('Cover it whatever it costs; otherwise only where that is cheaper than the violations.'),
});
export type ScenarioDocument = z.output<typeof scenarioFields>;

const oneEffect: Rule<ScenarioDocument> = {
  reads: EFFECT_FIELDS,
  violation: (scenario) => {
    const given = EFFECT_FIELDS.filter((field) => scenario[field] !== undefined);
    if (given.length === 1) return undefined;
    const got = given.length === 0 ? 'none of them' : given.join(' + ');
    return { path: [], got, allowed: `exactly one of ${EFFECT_FIELDS.join(', ')}` };
  },
  cel: [
    {
      rule: `[${EFFECT_FIELDS.map((field) => `has(self.${field})`).join(', ')}].exists_one(given, given)`,
      message: `must have exactly one of ${EFFECT_FIELDS.join(', ')}`,
    },
  ],
};

const ownName: Rule<ScenarioDocument> = {
  reads: ['name'],
  violation: ({ name }) =>
    name === AVAILABILITY_SCENARIO
      ? { path: ['name'], got: `"${name}"`, allowed: 'another name: this one is what availability is called' }
      : undefined,
  cel: [
    {
      rule: `self.name != "${AVAILABILITY_SCENARIO}"`,
      message: 'must be another name: this one is what chaos.availability is called',
      fieldPath: '.name',
    },
  ],
};

const scenarioSchema = withRules(scenarioFields, [oneEffect, ownName]).describe(
  'One failure that spare replicas can be held for.',
);

const chaosFields = block({
  safetyFactor: amount('Multiplies the capacity that a scenario takes; 1 for exactly that.', {
    min: 1,
    max: 10,
  }).default(1),
  availability: amount(
    'Share (0..1, both excluded) of time in which enough replicas must be up though they fail independently.',
    { above: 0, below: 1 },
  ).optional(),
  replicaDownProbability: amount(
    'Probability that one replica is down at a random moment (restart, eviction, node trouble), for availability.',
    { above: 0, max: 0.5 },
  ).default(0.01),
  scenarios: keyedListOf(scenarioSchema, 'name', MOST_SCENARIOS)
    .default([])
    .describe('The buffer is the largest that any covered scenario needs, never their sum.'),
});
type ChaosDocument = z.output<typeof chaosFields>;

/** The share of the capacity that is lost, where a share it is. */
function lossRatio({ capacityLoss, zones, rollout, serviceRateMultiplier }: ScenarioDocument): number {
  if (capacityLoss !== undefined) return capacityLoss;
  if (zones !== undefined) return 1 / zones;
  if (serviceRateMultiplier !== undefined) return 1 - serviceRateMultiplier;
  const unavailable = rollout?.maxUnavailable;
  return typeof unavailable === 'string' ? ratioFromPercent(unavailable) : 0;
}

const somethingIsLeft: Rule<ChaosDocument> = {
  reads: ['safetyFactor', 'scenarios'],
  violation: ({ safetyFactor, scenarios }) => {
    const index = scenarios.findIndex((scenario) => lossRatio(scenario) * safetyFactor >= 1);
    if (index < 0) return undefined;
    const effect = EFFECT_FIELDS.find((field) => scenarios[index][field] !== undefined) ?? 'name';
    return {
      path: ['scenarios', index, effect],
      got: `a loss of ${lossRatio(scenarios[index])}, times safetyFactor ${safetyFactor}`,
      allowed: 'less than all of the capacity: no count outlasts that',
    };
  },
  cel: [
    {
      rule: 'self.scenarios.all(s, !has(s.capacityLoss) || s.capacityLoss * self.safetyFactor < 1.0)',
      message: 'capacityLoss times safetyFactor must be below 1: no count outlasts the loss of everything',
      fieldPath: '.scenarios',
    },
    {
      rule: 'self.scenarios.all(s, !has(s.zones) || double(s.zones) > self.safetyFactor)',
      message: 'zones must be more than safetyFactor: no count outlasts the loss of everything',
      fieldPath: '.scenarios',
    },
    {
      rule: 'self.scenarios.all(s, !has(s.serviceRateMultiplier) || (1.0 - s.serviceRateMultiplier) * self.safetyFactor < 1.0)',
      message:
        'what serviceRateMultiplier takes, times safetyFactor, must be below 1: no count outlasts the loss of everything',
      fieldPath: '.scenarios',
    },
    {
      rule: 'self.scenarios.all(s, !has(s.rollout) || type(s.rollout.maxUnavailable) == int || double(string(s.rollout.maxUnavailable).replace("%", "")) * self.safetyFactor < 100.0)',
      message:
        'maxUnavailable times safetyFactor must be below 100%: no count outlasts the loss of everything',
      fieldPath: '.scenarios',
    },
  ],
};

export const chaosSchema = withRules(chaosFields, [somethingIsLeft]).describe('Spare replicas for failures.');
