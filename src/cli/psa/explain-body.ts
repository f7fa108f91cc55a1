import { openClusterDoor, type ClusterDoorFlags } from '../api/cluster-door.ts';
import type { CommandBody } from '../command-spec.ts';
import { explainDecision, refuseWatchOfThePast, type ExplainFlags } from '../explain/explain-decision.ts';

interface Flags extends ExplainFlags, ClusterDoorFlags {
  readonly namespace?: string;
}

export const run: CommandBody = async ([name], given) => {
  const flags = given as unknown as Flags;
  refuseWatchOfThePast(flags);
  const door = await openClusterDoor(flags);
  const namespace = flags.namespace ?? door.namespace;
  await explainDecision(door, { namespace, name: name as string }, flags);
  return 0;
};
