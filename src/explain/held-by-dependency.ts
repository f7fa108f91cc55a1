import { replicasText } from '../domain/figures.ts';
import type { SizingTrace } from '../domain/sizing.ts';

/** Who holds a sizing back, and what was asked for; undefined where nobody does. */
export function heldByDependency(sizing: SizingTrace | undefined): string | undefined {
  if (sizing?.dependency === undefined) return undefined;
  const { name, mostReplicas } = sizing.dependency;
  const wanted = sizing.neededReplicas + (sizing.buffer?.bufferReplicas ?? 0);
  return `${name} has room for ${replicasText(mostReplicas)} only, ${wanted} were asked for`;
}
