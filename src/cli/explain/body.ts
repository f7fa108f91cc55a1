import type { WorkloadRef } from '../../domain/workload.ts';
import type { ApiDoor } from '../api/api-door.ts';
import type { ClusterDoorFlags } from '../api/cluster-door.ts';
import { openDirectDoor } from '../api/direct-door.ts';
import type { CommandBody } from '../command-spec.ts';
import { explainDecision, refuseWatchOfThePast, type ExplainFlags } from './explain-decision.ts';

interface Flags extends ExplainFlags, ClusterDoorFlags {
  readonly server?: string;
}

export const run: CommandBody = async ([workload], given) => {
  const flags = given as unknown as Flags;
  refuseWatchOfThePast(flags);
  await explainDecision(await doorOf(flags), workload as WorkloadRef, flags);
  return 0;
};

/** The client of a cluster is loaded where one is asked. */
async function doorOf(flags: Flags): Promise<ApiDoor> {
  if (flags.server !== undefined) return openDirectDoor(flags.server, flags.tokenFile);
  return (await import('../api/cluster-door.ts')).openClusterDoor(flags);
}
