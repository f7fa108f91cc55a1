import { decisionToJson } from '../explain/to-json.ts';
import type { DecisionWithRecord } from './ports.ts';

/** A decision as JSON text. */
export type DecisionTexts = (stored: DecisionWithRecord) => string;

/**
 * Decisions never change and are asked for again and again, and most of what an answer costs is to write one out: so the
 * texts that were asked for last are kept, up to `mostCharacters` of them all.
 */
export function createDecisionTexts(mostCharacters: number): DecisionTexts {
  // By the decision itself, in the order of their last use.
  const kept = new Map<DecisionWithRecord['decision'], string>();
  let characters = 0;
  const forgetOldest = (): void => {
    const [[decision, text]] = kept;
    kept.delete(decision);
    characters -= text.length;
  };
  return ({ decision, actuation }) => {
    const known = kept.get(decision);
    const text = known ?? JSON.stringify(decisionToJson(decision, actuation));
    kept.delete(decision);
    kept.set(decision, text);
    if (known === undefined) characters += text.length;
    while (characters > mostCharacters && kept.size > 1) forgetOldest();
    return text;
  };
}
