import { once } from 'node:events';
import type { StoredDecision } from '../../control/decision-store.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { desiredReplicas, type Decision } from '../../domain/decision.ts';
import { workloadKey } from '../../domain/workload.ts';
import { sentence } from '../../explain/sentence.ts';
import { decisionToJson } from '../../explain/to-json.ts';

/** What of the decisions is printed: those that changed as sentences, all as JSON lines, or none. */
export type PrintMode = 'changed' | 'json' | 'quiet';

/** Waits for a slow reader: at full speed a pipe would otherwise fill the memory. */
export interface DecisionPrinter {
  print(batch: readonly StoredDecision[]): Promise<void>;
}

export function createDecisionPrinter(stream: NodeJS.WritableStream, mode: PrintMode): DecisionPrinter {
  const saidLast = new Map<string, string>();
  const isNew = (decision: Decision): boolean => {
    const key = workloadKey(decision.workload);
    const said = gist(decision);
    if (saidLast.get(key) === said) return false;
    saidLast.set(key, said);
    return true;
  };
  const lines = (batch: readonly StoredDecision[]): readonly string[] => {
    if (mode === 'quiet') return [];
    if (mode === 'json')
      return batch.map(({ decision, actuation }) => JSON.stringify(decisionToJson(decision, actuation)));
    return batch.filter(({ decision }) => isNew(decision)).map(({ decision }) => line(decision));
  };
  return {
    async print(batch) {
      const text = lines(batch)
        .map((one) => `${one}\n`)
        .join('');
      // A stream that breaks meanwhile is the business of whoever owns it.
      if (text !== '' && !stream.write(text)) await once(stream, 'drain').catch(() => undefined);
    },
  };
}

/** What makes a decision a changed one: another target, another who holds it back, or another reason to have none. */
function gist(decision: Decision): string {
  const { outcome, sizing } = decision;
  if (outcome.kind === 'abstain') return `abstain ${outcome.reason}`;
  return `${desiredReplicas(decision)} ${sizing?.dependency?.name ?? ''}`;
}

function line(decision: Decision): string {
  return `${isoFromMs(decision.decidedAtMs)} ${sentence(decision)}`;
}
