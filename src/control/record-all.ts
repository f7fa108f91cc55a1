import type { Decision } from '../domain/decision.ts';
import { ledgerFigures } from '../domain/ledger.ts';
import { isNews, logLine } from '../explain/log-line.ts';
import type { Actuated } from './actuate-all.ts';
import type { StoredDecision } from './decision-store.ts';
import type { Member } from './fleet.ts';
import type { TickDeps } from './tick-deps.ts';

/** Keeps, counts and tells what was decided; the only step that changes what the next tick starts from. */
export function recordAll(deps: TickDeps, actuated: readonly Actuated[]): readonly StoredDecision[] {
  const stored = actuated.map(({ decision, actuation }) => ({ decision, actuation }));
  deps.store.append(stored);
  for (const one of actuated) {
    const { member, decision, memory } = one;
    logNews(deps, one, member.newest);
    deps.metrics.decided(decision, one.actuation);
    tellLedger(deps, member);
    member.memory = memory;
    member.newest = decision;
  }
  return stored;
}

function logNews(deps: TickDeps, { decision, actuation }: Actuated, previous: Decision | undefined): void {
  if (!isNews(decision, previous)) return;
  const { level, message, fields } = logLine(decision, actuation);
  deps.logger[level](fields, message);
}

/** What is put together when it is looked at. */
function tellLedger({ metrics }: TickDeps, { policy, counterfactual }: Member): void {
  metrics.accounted(policy.workload, () => {
    const ledger = counterfactual?.ledger();
    return (
      ledger && {
        prescale: ledgerFigures(ledger.prescale, policy.cost),
        hpa: ledgerFigures(ledger.hpa, policy.cost),
      }
    );
  });
}
