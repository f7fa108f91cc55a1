import type { Response } from 'express';
import { z } from 'zod';
import { isoFromMs } from '../../domain/clock.ts';
import { decisionId } from '../../domain/decision.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import { decisionsCsv } from '../../explain/decision-csv.ts';
import { decisionText } from '../../explain/to-text.ts';
import type { DecisionTexts } from '../decision-texts.ts';
import { decisionPage } from '../openapi/answer-schemas.ts';
import { decisionBody } from '../openapi/decision-body.ts';
import { parseInput } from '../parse-input.ts';
import type { ApiDeps, DecisionWithRecord, HistoryPage, HistoryReader } from '../ports.ts';
import { beforeSchema, wholeNumber } from '../query-schemas.ts';
import type { Route } from '../route.ts';
import { noSuch, policyOf } from './named-workload.ts';

const MOST_PER_PAGE = 500;
const pageSchema = z.strictObject({
  limit: wholeNumber(1, MOST_PER_PAGE).default(50),
  before: beforeSchema.optional(),
});

/** What was decided and why, as far back as it is kept. */
export function decisionRoutes({ fleet, history }: ApiDeps, textOf: DecisionTexts): readonly Route[] {
  const one = '/api/v1/autoscalers/:namespace/:name';
  return [
    {
      method: 'get',
      path: `${one}/decisions`,
      described: {
        summary: 'Decisions of a workload, newest first, a page at a time.',
        query: pageSchema,
        answers: { 'application/json': decisionPage, 'text/csv': z.string() },
      },
      handle: async (request, response) => {
        const { workload } = policyOf(fleet, request, response);
        const { limit, before } = parseInput(pageSchema, request.query, 'query');
        const page = await history.read(workload, {
          limit,
          ...(before !== undefined && { beforeMs: before }),
        });
        sendPage(response, page, { limit, textOf });
      },
    },
    {
      method: 'get',
      path: `${one}/decisions/:id`,
      described: {
        summary: 'One decision; as text for people with Accept: text/plain.',
        answers: { 'application/json': decisionBody, 'text/plain': z.string() },
      },
      handle: async (request, response) => {
        const { workload } = policyOf(fleet, request, response);
        const id = String(request.params['id']);
        const found = await decisionOf(history, workload, id);
        if (!found) throw noSuch(`a decision ${id} of ${workloadKey(workload)} that is still kept`);
        sendDecision(response, found, textOf);
      },
    },
  ];
}

/** JSON, or CSV (without the way to the next page) for who asks for it. */
function sendPage(
  response: Response,
  { decisions, completeSinceMs }: HistoryPage,
  { limit, textOf }: { readonly limit: number; readonly textOf: DecisionTexts },
): void {
  response.format({
    json: () => {
      const last = decisions.length === limit ? decisions[limit - 1].decision : undefined;
      const rest = { nextBefore: last ? decisionId(last) : null, completeSince: isoOrNull(completeSinceMs) };
      response.send(`{"items":[${decisions.map(textOf).join(',')}],${JSON.stringify(rest).slice(1)}`);
    },
    csv: () => void response.send(decisionsCsv(decisions)),
  });
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoFromMs(atMs);
}

/** A decision's id is the instant that it was made at: it is the newest before the next instant. */
async function decisionOf(
  history: HistoryReader,
  workload: WorkloadRef,
  id: string,
): Promise<DecisionWithRecord | undefined> {
  if (!/^\d{1,15}$/.test(id)) return undefined;
  const { decisions } = await history.read(workload, { limit: 1, beforeMs: Number(id) + 1 });
  return decisions.find(({ decision }) => decisionId(decision) === id);
}

/** JSON, or the text that people read. */
function sendDecision(response: Response, stored: DecisionWithRecord, textOf: DecisionTexts): void {
  response.format({
    json: () => void response.send(textOf(stored)),
    text: () => void response.send(`${decisionText(stored.decision, stored.actuation)}\n`),
  });
}
