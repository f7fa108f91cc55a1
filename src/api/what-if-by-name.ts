import type { Response } from 'express';
import { z } from 'zod';
import { MS_PER_SECOND } from '../domain/clock.ts';
import { decisionId, type Decision } from '../domain/decision.ts';
import { invalidInput, type Problem } from '../domain/errors.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { Measurement } from '../domain/measurement.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import { canonicalJson, fnv1a64 } from '../policy/policy-hash.ts';
import { withGivenStartup } from '../policy/startup-time.ts';
import { amount, block } from '../policy/schema/field-types.ts';
import { refuseVastLoad } from './offered-load.ts';
import { parseInput } from './parse-input.ts';
import type { FleetReader } from './ports.ts';
import { noSuch, policyNamed } from './routes/named-workload.ts';
import type { WhatIfQuestion } from './what-if.ts';

const MOST_SECONDS = 86_400;

const overridesSchema = block({
  trafficMultiplier: amount('The measured and the forecast load, times this.', {
    min: 0,
    max: 1000,
  }).optional(),
  startupSeconds: amount('From asking for a replica to its being ready.', {
    min: 0,
    max: MOST_SECONDS,
  }).optional(),
  responseSeconds: amount('Requests must be answered within this time.', {
    above: 0,
    max: MOST_SECONDS,
  }).optional(),
  replicaCostPerHour: amount('Price of one replica for one hour, in the currency of the policy.', {
    above: 0,
    max: 1e9,
  }).optional(),
});
type Overrides = z.output<typeof overridesSchema>;

/** The other body of `POST /api/v1/decisions`: a workload that is looked after, and what would be different. */
export const whatIfByNameSchema = block({
  workload: z.strictObject({ namespace: z.string().max(253), name: z.string().max(253) }),
  decision: z
    .string({ error: 'the id of a decision' })
    .max(20, { error: 'the id of a decision' })
    .describe('Whose observation, forecast and memory are taken; the newest where it is not given.')
    .optional(),
  overrides: overridesSchema.default({}),
});

/** The namespace that such a body is about; none where it does not say. */
export function namespacesAsked(body: unknown): readonly string[] {
  const parsed = whatIfByNameSchema.shape.workload.safeParse(
    (body as { workload?: unknown } | null)?.workload,
  );
  return parsed.success ? [parsed.data.namespace] : [];
}

/** Whether a body is meant to be of this kind. */
export function asksByName(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'workload');
}

/**
 * The question in a stored decision, changed in what `overrides` names. Without any it is the very question that the
 * loop answered. Throws `invalidInput` or `notFound`.
 */
export function questionByName(fleet: FleetReader, body: unknown, response: Response): WhatIfQuestion {
  const { workload, decision: id, overrides } = parseInput(whatIfByNameSchema, body, 'what-if');
  const policy = policyNamed(fleet, workload, response);
  const stored = id === undefined ? fleet.list(workload, { limit: 1 }).at(0) : fleet.get(workload, id);
  if (!stored)
    throw noSuch(
      `a decision ${id === undefined ? '' : `${id} `}of ${workloadKey(workload)} that is still kept`,
    );
  const { decision } = stored;
  refuseContradictions(overrides, policy, decision);
  const factor = overrides.trafficMultiplier ?? 1;
  const { observed } = decision;
  const question: WhatIfQuestion = {
    policy: overridden(policy, overrides),
    nowMs: decision.decidedAtMs,
    tickSeconds: decision.tickSeconds,
    seen: {
      kind: 'observation',
      observation: { ...observed, arrivalRate: timesMeasured(observed.arrivalRate, factor) },
    },
    forecast: timesForecast(decision.forecast, factor),
    memory: decision.memory,
  };
  refuseVastLoad(question);
  return question;
}

function refuseContradictions(overrides: Overrides, policy: Policy, decision: Decision): void {
  const problems: Problem[] = [];
  if (overrides.replicaCostPerHour !== undefined && policy.cost.perReplicaHour === null)
    problems.push({
      path: 'overrides.replicaCostPerHour',
      got: String(overrides.replicaCostPerHour),
      allowed: 'nothing: the policy has no prices',
    });
  const most = Math.max(policy.capacity.startupSeconds, mostStartupSeconds(decision));
  if (overrides.startupSeconds !== undefined && overrides.startupSeconds > most)
    problems.push({
      path: 'overrides.startupSeconds',
      got: String(overrides.startupSeconds),
      allowed: `at most ${most}: the forecast of decision ${decisionId(decision)} reaches no further`,
    });
  if (problems.length > 0) throw invalidInput('what-if', problems);
}

/** A decision looks ahead for start-up, tick and one step; beyond its forecast there is nothing to look at. */
function mostStartupSeconds({ forecast, decidedAtMs, tickSeconds }: Decision): number {
  if (forecast.kind === 'unavailable') return MOST_SECONDS;
  const { originAtMs, stepSeconds, quantilesRps } = forecast;
  const endMs = originAtMs + quantilesRps.length * stepSeconds * MS_PER_SECOND;
  return Math.max(0, Math.floor((endMs - decidedAtMs) / MS_PER_SECOND - tickSeconds - stepSeconds));
}

function overridden(policy: Policy, overrides: Overrides): Policy {
  const { startupSeconds, responseSeconds, replicaCostPerHour } = overrides;
  const asked = { startupSeconds, responseSeconds, replicaCostPerHour };
  if (Object.values(asked).every((value) => value === undefined)) return policy;
  const started = startupSeconds === undefined ? policy : withGivenStartup(policy, startupSeconds);
  return {
    ...started,
    policyHash: fnv1a64(`${policy.policyHash} ${canonicalJson(asked)}`),
    slo: { ...policy.slo, responseSeconds: responseSeconds ?? policy.slo.responseSeconds },
    cost: { ...policy.cost, perReplicaHour: replicaCostPerHour ?? policy.cost.perReplicaHour },
  };
}

function timesMeasured(measured: Measurement, factor: number): Measurement {
  return 'value' in measured ? { ...measured, value: measured.value * factor } : measured;
}

function timesForecast(forecast: ForecastResult, factor: number): ForecastResult {
  if (forecast.kind === 'unavailable' || factor === 1) return forecast;
  const times = (rps: number): number => rps * factor;
  return {
    ...forecast,
    meanRps: forecast.meanRps.map(times),
    quantilesRps: forecast.quantilesRps.map((quantiles) => quantiles.map(times)),
  };
}
