import { PrescaleError } from '../../../domain/errors.ts';
import { rendezvousWeight } from '../../../domain/rendezvous.ts';
import { workloadKey } from '../../../domain/workload.ts';
import { DEFAULT_WORKLOAD_CLASS } from '../../../domain/workload-class.ts';
import type { Policy } from '../../../policy/policy.ts';
import { isInShare, type Share } from '../../bootstrap/share-flag.ts';

export interface ChosenClasses {
  /** These alone. */
  readonly class?: readonly string[];
  readonly share?: Share;
}

/** A class with the policies of its workloads, in an order that has nothing to do with their names. */
export interface WorkloadClass {
  readonly name: string;
  readonly policies: readonly Policy[];
}

/** The classes that the policies name, by name. Throws `usage` for one that is asked for and that none of them names. */
export function classesToTrain(
  policies: readonly Policy[],
  { class: asked, share = { index: 0, count: 1 } }: ChosenClasses,
): readonly WorkloadClass[] {
  const byClass = groupedByClass(policies);
  const unknown = asked?.find((name) => !byClass.has(name));
  if (unknown !== undefined)
    throw new PrescaleError(
      'usage',
      `--class: got ${unknown}, allowed: ${[...byClass.keys()].sort().join(', ') || 'none, since there are no policies'}`,
    );
  return [...byClass.keys()]
    .filter((name) => (asked === undefined || asked.includes(name)) && isInShare(share, name))
    .sort()
    .map((name) => ({ name, policies: shuffled(byClass.get(name)!) }));
}

function groupedByClass(policies: readonly Policy[]): ReadonlyMap<string, readonly Policy[]> {
  const byClass = new Map<string, Policy[]>();
  for (const policy of policies) {
    const name = policy.forecast.workloadClass ?? DEFAULT_WORKLOAD_CLASS;
    const own = byClass.get(name);
    if (own === undefined) byClass.set(name, [policy]);
    else own.push(policy);
  }
  return byClass;
}

/** The same whoever asks; one more changes no other's place. */
function shuffled(policies: readonly Policy[]): readonly Policy[] {
  const placeOf = ({ workload }: Policy): number => rendezvousWeight(workloadKey(workload), 'training');
  return policies.toSorted((a, b) => placeOf(a) - placeOf(b));
}
