import type { Request, Response } from 'express';
import { z } from 'zod';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import { decisionsCsv } from '../../explain/decision-csv.ts';
import { decisionToJson } from '../../explain/to-json.ts';
import { decisionText } from '../../explain/to-text.ts';
import type { Policy } from '../../policy/policy.ts';
import { autoscalerAnswer, decisionPage, fleetAnswer, forecastAnswer } from '../openapi/answer-schemas.ts';
import { decisionBody } from '../openapi/decision-body.ts';
import { parseInput } from '../parse-input.ts';
import type { ApiDeps, DecisionWithRecord, FleetReader } from '../ports.ts';
import type { Route } from '../route.ts';
import { forecastView, policyView, summaryView } from '../views.ts';

const MOST_PER_PAGE = 500;
const limitForm = `a whole number of 1 to ${MOST_PER_PAGE}`;
const beforeForm = 'the id of a decision, or an ISO 8601 time such as 2026-11-21T08:00:00Z';

const pageSchema = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: limitForm })
    .transform(Number)
    .pipe(z.number().min(1, { error: limitForm }).max(MOST_PER_PAGE, { error: limitForm }))
    .default(50),
  before: z
    .union(
      [
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
        z.iso.datetime({ offset: true }).transform(Date.parse),
      ],
      {
        error: beforeForm,
      },
    )
    .optional(),
});

/** Reads: what is looked after, what was decided for it and why. */
export function autoscalerRoutes({ fleet }: ApiDeps): readonly Route[] {
  const one = '/api/v1/autoscalers/:namespace/:name';
  return [
    {
      method: 'get',
      path: '/api/v1/autoscalers',
      described: {
        summary: 'Every workload that is looked after, with what its newest decision says.',
        answers: { 'application/json': fleetAnswer },
      },
      handle: (_request, response) => {
        const items = fleet
          .policies()
          .map((policy) => summaryView(policy, newestOf(fleet, policy)?.decision));
        response.json({ items });
      },
    },
    {
      method: 'get',
      path: one,
      described: {
        summary: 'One workload: its compiled policy and its newest decision.',
        answers: { 'application/json': autoscalerAnswer },
      },
      handle: (request, response) => {
        const policy = policyOf(fleet, request);
        const newest = newestOf(fleet, policy);
        response.json({
          ...summaryView(policy, newest?.decision),
          policy: policyView(policy),
          decision: newest ? decisionToJson(newest.decision, newest.actuation) : null,
        });
      },
    },
    {
      method: 'get',
      path: `${one}/decisions`,
      described: {
        summary: 'Decisions of a workload, newest first, a page at a time.',
        query: pageSchema,
        answers: { 'application/json': decisionPage, 'text/csv': z.string() },
      },
      handle: (request, response) => {
        const { workload } = policyOf(fleet, request);
        const { limit, before } = parseInput(pageSchema, request.query, 'query');
        const page = fleet.list(workload, { limit, ...(before !== undefined && { beforeMs: before }) });
        sendPage(response, page, limit);
      },
    },
    {
      method: 'get',
      path: `${one}/decisions/:id`,
      described: {
        summary: 'One decision; as text for people with Accept: text/plain.',
        answers: { 'application/json': decisionBody, 'text/plain': z.string() },
      },
      handle: (request, response) => {
        const { workload } = policyOf(fleet, request);
        const id = String(request.params['id']);
        const found = fleet.get(workload, id);
        if (!found) throw notFound(`a decision ${id} of ${workloadKey(workload)} that is still kept`);
        sendDecision(response, found);
      },
    },
    {
      method: 'get',
      path: `${one}/forecast`,
      described: {
        summary: 'The forecast that the newest decision was made with.',
        answers: { 'application/json': forecastAnswer },
      },
      handle: (request, response) => {
        const policy = policyOf(fleet, request);
        const newest = newestOf(fleet, policy);
        if (!newest) throw notFound(`a decision of ${workloadKey(policy.workload)} yet, and so no forecast`);
        response.json(forecastView(newest.decision.forecast));
      },
    },
  ];
}

/** JSON, or CSV (without the way to the next page) for who asks for it. */
function sendPage(response: Response, page: readonly DecisionWithRecord[], limit: number): void {
  response.format({
    json: () => {
      const items = page.map(({ decision, actuation }) => decisionToJson(decision, actuation));
      response.json({ items, nextBefore: items.length === limit ? items[limit - 1].id : null });
    },
    csv: () => void response.send(decisionsCsv(page)),
  });
}

/** JSON, or the text that people read. */
function sendDecision(response: Response, { decision, actuation }: DecisionWithRecord): void {
  response.format({
    json: () => void response.json(decisionToJson(decision, actuation)),
    text: () => void response.send(`${decisionText(decision, actuation)}\n`),
  });
}

function newestOf(fleet: FleetReader, policy: Policy): DecisionWithRecord | undefined {
  return fleet.list(policy.workload, { limit: 1 }).at(0);
}

function policyOf(fleet: FleetReader, request: Request): Policy {
  const { namespace, name } = request.params;
  const workload: WorkloadRef = { namespace: String(namespace), name: String(name) };
  const policy = fleet.policy(workload);
  if (!policy) throw notFound(`an autoscaler ${workloadKey(workload)}`);
  return policy;
}

function notFound(what: string): PrescaleError {
  return new PrescaleError('notFound', `There is not ${what}.`);
}
