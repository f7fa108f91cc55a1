import type { AutoscalerSummary } from '../../api/views.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { bodyFrom } from '../api/api-door.ts';
import { openClusterDoor, type ClusterDoor, type ClusterDoorFlags } from '../api/cluster-door.ts';
import type { CommandBody } from '../command-spec.ts';
import { stopOnSignals } from '../run/stop-signals.ts';
import { summaryTable } from './summary-table.ts';

interface Flags extends ClusterDoorFlags {
  readonly namespace?: string;
  readonly allNamespaces?: true;
  readonly json?: true;
}

export const run: CommandBody = async ([name], given) => {
  const flags = given as unknown as Flags;
  if (flags.allNamespaces && (flags.namespace ?? name) !== undefined)
    throw new PrescaleError('usage', '--all-namespaces: got a namespace or name too, allowed: one of them');
  const door = await openClusterDoor(flags);
  const stopping = stopOnSignals();
  try {
    const found = await wanted(door, flags, name as string | undefined, stopping.signal);
    process.stdout.write(flags.json ? `${JSON.stringify({ items: found })}\n` : summaryTable(found));
    return 0;
  } finally {
    stopping.dispose();
    await door.close();
  }
};

async function wanted(
  door: ClusterDoor,
  flags: Flags,
  name: string | undefined,
  signal: AbortSignal,
): Promise<readonly AutoscalerSummary[]> {
  const body = (await bodyFrom(door, '/api/v1/autoscalers', signal)) as { items: AutoscalerSummary[] };
  if (flags.allNamespaces) return body.items;
  const namespace = flags.namespace ?? door.namespace;
  const found = body.items.filter(
    (one) => one.namespace === namespace && (name === undefined || one.name === name),
  );
  if (found.length > 0) return found;
  throw new PrescaleError(
    'notFound',
    `there is no PredictiveAutoscaler ${name ?? ''} in ${namespace} that the controller looks after and the token may see`.replace(
      '  ',
      ' ',
    ),
  );
}
