import { isoFromMs } from '../../domain/clock.ts';
import { ledgerDifference, ledgerFigures, type Ledger } from '../../domain/ledger.ts';
import type { Policy } from '../../policy/policy.ts';
import { ledgerAnswer } from '../openapi/answer-schemas.ts';
import type { ApiDeps } from '../ports.ts';
import type { Route } from '../route.ts';
import { policyOf } from './named-workload.ts';

const NOTHING = { replicaSeconds: 0, lateRequests: 0, violatedSeconds: 0 };

/** What the controller saves or loses against the HPA that was not there. */
export function ledgerRoutes({ fleet }: Pick<ApiDeps, 'fleet'>): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/autoscalers/:namespace/:name/ledger',
      described: {
        summary: 'Cost and SLO seconds since the ledger began, of the controller and of an HPA in its place.',
        answers: { 'application/json': ledgerAnswer },
      },
      handle: (request, response) => {
        const policy = policyOf(fleet, request, response);
        response.json(ledgerView(policy, fleet.ledger(policy.workload)));
      },
    },
  ];
}

/** Without a ledger: of zeros, since null. */
export function ledgerView({ cost }: Policy, ledger: Ledger | undefined): object {
  const prescale = ledgerFigures(ledger?.prescale ?? NOTHING, cost);
  const hpa = ledgerFigures(ledger?.hpa ?? NOTHING, cost);
  return {
    since: ledger ? isoFromMs(ledger.sinceMs) : null,
    accountedSeconds: ledger?.accountedSeconds ?? 0,
    requests: ledger?.requests ?? 0,
    currency: cost.currency,
    prescale,
    hpa,
    saved: ledgerDifference(prescale, hpa),
  };
}
