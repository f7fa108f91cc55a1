/** What a workload depends on, and whom it tells. */
import { z } from 'zod';
import { amount, block, count, duration, keyedListOf, objectName, text } from './field-types.ts';
import { withRules } from './rules.ts';

const dependencySchema = withRules(
  block({
    name: text('Name of the dependency, unique within the policy.', 253),
    limitPerReplica: amount('What one replica takes of it, such as 10 connections.', { above: 0, max: 1e9 }),
    capacity: amount('What it can give to this workload in all.', { above: 0, max: 1e12 }).optional(),
    query: text('PromQL for what it can still give.', 8192).optional(),
  }),
  [
    {
      reads: ['capacity', 'query'],
      violation: ({ capacity, query }) => {
        if ((capacity === undefined) !== (query === undefined)) return undefined;
        const got = capacity === undefined ? 'neither' : 'both';
        return { path: [], got, allowed: 'exactly one of capacity and query' };
      },
      cel: [
        {
          rule: 'has(self.capacity) != has(self.query)',
          message: 'must have exactly one of capacity and query',
        },
      ],
    },
  ],
).describe('One thing that every replica takes a share of.');

export const dependenciesSchema = keyedListOf(dependencySchema, 'name', 50).describe(
  'What bounds scaling out, such as database connections: more replicas than it can take would make it worse.',
);

export const dependsOnSchema = keyedListOf(
  block({
    name: objectName('Name of a policy in the same namespace, whose workload calls this one.'),
    ratio: amount('Requests that each request to it causes here.', { above: 0, max: 1e6 }),
  }).describe('One caller.'),
  'name',
  50,
).describe('Workloads whose load becomes load here.');

export const budgetSchema = withRules(
  block({
    group: objectName('Name of the group: all policies of this namespace that give it share the budget.'),
    maxReplicas: count('Replicas that the group may have together.', { min: 1, max: 1e9 }).optional(),
    maxCostPerHour: amount('What the replicas of the group may cost in an hour together, in the currency.', {
      above: 0,
      max: 1e12,
    }).optional(),
  }),
  [
    {
      reads: ['maxReplicas', 'maxCostPerHour'],
      violation: ({ maxReplicas, maxCostPerHour }) => {
        if ((maxReplicas === undefined) !== (maxCostPerHour === undefined)) return undefined;
        const got = maxReplicas === undefined ? 'neither' : 'both';
        return { path: [], got, allowed: 'exactly one of maxReplicas and maxCostPerHour' };
      },
      cel: [
        {
          rule: 'has(self.maxReplicas) != has(self.maxCostPerHour)',
          message: 'must have exactly one of maxReplicas and maxCostPerHour',
        },
      ],
    },
  ],
).describe('A budget that workloads share; where it is short, it goes to where it avoids most lateness.');

const urlForm = 'an https URL, or http://NAME.NAMESPACE.svc/… for a Service of this namespace';
const hookSchema = block({
  url: z
    .string({ error: urlForm })
    .max(2048, { error: urlForm })
    .regex(
      /^(https:\/\/[a-z0-9.-]+|http:\/\/[a-z0-9-]+\.[a-z0-9-]+\.svc(\.cluster\.local)?)(:[0-9]{1,5})?(\/[^\s#]*)?$/,
      {
        error: urlForm,
      },
    )
    .describe('Where to POST what changes; a redirect counts as a failure.'),
  timeout: duration('How long to wait for the answer.', { above: 0, max: 60 }).default('5s'),
});

export const hooksSchema = withRules(
  block({
    before: hookSchema.describe('Called before a change is written.').optional(),
    after: hookSchema.describe('Called after a change was written.').optional(),
  }),
  [
    {
      reads: ['before', 'after'],
      violation: ({ before, after }) =>
        before === undefined && after === undefined
          ? { path: [], got: 'neither', allowed: 'before, after or both' }
          : undefined,
      cel: [{ rule: 'has(self.before) || has(self.after)', message: 'must have before, after or both' }],
    },
  ],
).describe(
  'Webhooks around changes. Adding replicas never waits for one; removing them waits for `before` to agree.',
);
