import type { RecordedDecision } from './decision-history.ts';
import type { Generation, GenerationPage } from './generation.ts';

export interface Query {
  readonly key: string;
  readonly limit: number;
  readonly beforeMs: number;
}

/** A file that is gone, or that cannot be read at all. */
export class UnreadableGeneration extends Error {
  readonly generation: Generation;
  constructor(generation: Generation, cause: unknown) {
    super(`${generation.file} cannot be read`, { cause });
    this.generation = generation;
  }
}

/**
 * The newest decisions over all generations. They follow each other in time, save where a clock was set back or a past
 * was played again: then the decision that was stored last stands for its instant. Rejects with `UnreadableGeneration`.
 */
export async function readGenerations(
  generations: readonly Generation[],
  query: Query,
): Promise<GenerationPage> {
  const newestFirst = [...generations].sort((a, b) => b.lastAtMs() - a.lastAtMs() || b.sequence - a.sequence);
  const found = new Map<number, { readonly sequence: number; readonly recorded: RecordedDecision }>();
  const damagedUntilMs: number[] = [];
  for (const generation of newestFirst) {
    if (generation.firstAtMs() >= query.beforeMs) continue;
    if (isSettled(found, query.limit, generation.lastAtMs())) break;
    const page = await generation.newest(query.key, query).catch((cause: unknown) => {
      throw new UnreadableGeneration(generation, cause);
    });
    damagedUntilMs.push(...page.damagedUntilMs);
    for (const recorded of page.decisions) {
      const atMs = recorded.decision.decidedAtMs;
      const before = found.get(atMs);
      if (!before || before.sequence < generation.sequence)
        found.set(atMs, { sequence: generation.sequence, recorded });
    }
  }
  const newest = [...found].sort(([a], [b]) => b - a).slice(0, query.limit);
  return { decisions: newest.map(([, { recorded }]) => recorded), damagedUntilMs };
}

/** Whether there are enough, all newer than what a generation that ends at `lastAtMs` can have. */
function isSettled(found: ReadonlyMap<number, unknown>, limit: number, lastAtMs: number): boolean {
  if (found.size < limit) return false;
  const instants = [...found.keys()].sort((a, b) => b - a);
  return instants[limit - 1] > lastAtMs;
}
