import { createAccessReviewer } from '../../../cluster/access-reviewer.ts';
import { createApiClient } from '../../../cluster/api-client.ts';
import { loadConnection, type ClusterConnection } from '../../../cluster/cluster-connection.ts';
import type { AccessReviewer } from '../../../domain/access.ts';
import type { Clock } from '../../../domain/clock.ts';
import { createMetricsSources } from '../../../observe/metrics-sources.ts';
import { prometheusConfigs } from '../pair-sources.ts';
import type { RunFlags } from '../run-flags.ts';
import { CLOSE_GRACE_SECONDS, serveApi, serveProbes, type PeerAccess } from '../serve-api.ts';
import { servedNetwork } from '../served-network.ts';
import { stopOnSignals } from '../stop-signals.ts';
import { assembleSite, type Site } from './site.ts';
import { SYNC_LOOK_SECONDS, tickOverObjects } from './tick-over-objects.ts';

const DEFAULT_PROBES_PORT = 8081;
/** Who asks the API waits for no longer than this to be known. */
const REVIEW_SECONDS = 3;

/** The controller of a cluster: runs until a signal, then gives its lease back; 0. */
export async function runInCluster(flags: RunFlags): Promise<number> {
  const connection = loadConnection(flags.kubeconfig);
  const site = assembleSite(flags, {
    connection,
    sources: createMetricsSources(await prometheusConfigs(flags)),
    served: await servedNetwork(flags),
  });
  const stopping = stopOnSignals();
  const closing: (() => Promise<void>)[] = [
    () => site.client.close(),
    () => site.sources.close(),
    () => site.controller.close(),
    () => site.scaling.hooks.close(),
  ];
  const beside = new AbortController();
  try {
    const served = { ...site.controller, notReadyBecause: () => notReadyBecause(site) };
    const api = await serveApi(served, site.feed, {
      ...flags,
      reviewer: reviewerOf(connection, site.clock),
      peer: peerOf(site),
    });
    closing.push(() => {
      site.feed.close();
      return api.close(CLOSE_GRACE_SECONDS);
    });
    const probes = await serveProbes(served, flags.probes ?? DEFAULT_PROBES_PORT);
    closing.push(() => probes.close(CLOSE_GRACE_SECONDS));
    site.logger.info({ api: api.url, probes: probes.url, cluster: connection.serverUrl }, 'started');
    const running = [site.watch.run(beside.signal), takePart(site, beside.signal)];
    await tickOverObjects(site, flags, stopping.signal);
    // The loop has ended, and with it all writing: only now the next one may lead.
    beside.abort();
    await Promise.all(running);
    return 0;
  } finally {
    beside.abort();
    await Promise.all(closing.map((close) => close()));
    stopping.dispose();
  }
}

/** Where others would give a part of theirs for it, only once there is a fleet to look after. */
async function takePart({ ownership, watch, clock }: Site, stop: AbortSignal): Promise<void> {
  const isShared = ownership.shards().all > 1;
  while (isShared && watch.notReadyBecause() !== null && !stop.aborted)
    await clock.sleep(SYNC_LOOK_SECONDS, stop);
  await ownership.run(stop);
}

/** A leader owns all workloads, and the others decide the same; or each namespace has its own owner. */
function peerOf({ ownership, identity, clock }: Site): PeerAccess {
  const url = (namespace: string): string | undefined => ownership.ownerUrl(namespace);
  const owns = (namespace: string): boolean => ownership.attends(namespace);
  const shared = { owns, url, others: () => ownership.otherUrls() };
  if (ownership.shards().all > 1) return { shared, identity };
  const isOwner = (): boolean => ownership.shards().held > 0;
  return { owner: { isOwner, url: () => url('') }, identity, decidingSinceMs: clock.nowMs() };
}

/** Apart from the controller's own client: who asks the API waits for a shorter time. */
function reviewerOf(connection: ClusterConnection, clock: Clock): AccessReviewer {
  const timeoutSeconds = REVIEW_SECONDS;
  const client = { connection, clock, random: Math.random, userAgent: 'prescale', timeoutSeconds };
  return createAccessReviewer(createApiClient(client));
}

function notReadyBecause({ watch, controller, serverClock }: Site): string | null {
  return watch.notReadyBecause() ?? serverClock.offBecause() ?? controller.notReadyBecause();
}
