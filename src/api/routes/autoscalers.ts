import { workloadKey } from '../../domain/workload.ts';
import type { Policy } from '../../policy/policy.ts';
import { sees } from '../auth/gate.ts';
import type { DecisionTexts } from '../decision-texts.ts';
import { autoscalerAnswer, fleetAnswer, forecastAnswer } from '../openapi/answer-schemas.ts';
import type { ApiDeps, DecisionWithRecord, FleetReader } from '../ports.ts';
import type { Route } from '../route.ts';
import { forecastView, policyView, summaryView } from '../views.ts';
import { noSuch, policyOf } from './named-workload.ts';

/** Reads: what is looked after, what was decided for it and why. */
export function autoscalerRoutes({ fleet }: ApiDeps, textOf: DecisionTexts): readonly Route[] {
  const one = '/api/v1/autoscalers/:namespace/:name';
  return [
    {
      method: 'get',
      path: '/api/v1/autoscalers',
      described: {
        summary: 'Every workload that is looked after, with what its newest decision says.',
        answers: { 'application/json': fleetAnswer },
      },
      namespaces: () => fleet.policies().map(({ workload }) => workload.namespace),
      handle: (_request, response) => {
        const items = fleet
          .policies()
          .filter(({ workload }) => sees(response, workload.namespace))
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
        const policy = policyOf(fleet, request, response);
        const newest = newestOf(fleet, policy);
        const summary = summaryView(policy, newest?.decision);
        const shown = { ...summary, policy: policyView(policy, newest?.decision.decidedAtMs) };
        const decision = newest ? textOf(newest) : 'null';
        response.type('json').send(`${JSON.stringify(shown).slice(0, -1)},"decision":${decision}}`);
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
        const policy = policyOf(fleet, request, response);
        const newest = newestOf(fleet, policy);
        if (!newest) throw noSuch(`a decision of ${workloadKey(policy.workload)} yet, and so no forecast`);
        response.json(forecastView(newest.decision.forecast));
      },
    },
  ];
}

function newestOf(fleet: FleetReader, policy: Policy): DecisionWithRecord | undefined {
  return fleet.list(policy.workload, { limit: 1 }).at(0);
}
