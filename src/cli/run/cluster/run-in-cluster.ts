import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createScalerByMode } from '../../../actuate/by-mode.ts';
import { createFloorScaler, NO_HOLDER } from '../../../actuate/floor.ts';
import { createScaleSubresourceScaler } from '../../../actuate/scale-subresource.ts';
import { createDecisionFeed } from '../../../api/decision-feed.ts';
import type { DecisionFeed } from '../../../api/ports.ts';
import { createAccessReviewer } from '../../../cluster/access-reviewer.ts';
import { createApiClient, type ApiClient } from '../../../cluster/api-client.ts';
import { loadConnection, type ClusterConnection } from '../../../cluster/cluster-connection.ts';
import { conflictWith } from '../../../cluster/conflicting-autoscalers.ts';
import { createEventRecorder } from '../../../cluster/event-recorder.ts';
import { createFloorApi } from '../../../cluster/floor-api.ts';
import { objectKey, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { createLeaseStore } from '../../../cluster/lease-store.ts';
import { createResourceDiscovery } from '../../../cluster/resource-discovery.ts';
import { createScaleApi } from '../../../cluster/scale-api.ts';
import { createServerClock, type ServerClock } from '../../../cluster/server-clock.ts';
import { createFleetSafety } from '../../../control/fleet-safety.ts';
import { createSystemClock } from '../../../control/clocks/system-clock.ts';
import { createLeaderElector, type LeaderElector } from '../../../control/leader/leader-elector.ts';
import { DEFAULT_LEASE_PARAMS } from '../../../control/leader/next-lease-action.ts';
import type { AccessReviewer } from '../../../domain/access.ts';
import type { Clock } from '../../../domain/clock.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { NetworkOrReason } from '../../../forecast/create-models.ts';
import { shippedNetwork } from '../../../infer/shipped-network.ts';
import type { Finding, StartsOfTarget } from '../../../explain/status-of.ts';
import { createMetricsSources, type MetricsSources } from '../../../observe/metrics-sources.ts';
import type { Policy } from '../../../policy/policy.ts';
import { createLogger, type Logger } from '../../../telemetry/logger.ts';
import { assembleController, type Controller } from '../assemble-controller.ts';
import { createDecisionPrinter } from '../decision-printer.ts';
import { prometheusConfigs } from '../pair-sources.ts';
import { historySettings, printMode, type RunFlags } from '../run-flags.ts';
import { fleetLimits } from '../safety-flags.ts';
import {
  CLOSE_GRACE_SECONDS,
  FED_DECISIONS_KEPT,
  serveApi,
  serveProbes,
  type ApiAccess,
} from '../serve-api.ts';
import { advertisedUrl } from '../address-flag.ts';
import { stopOnSignals } from '../stop-signals.ts';
import { keepStopFile } from '../stop-file.ts';
import { keepSwitch, type KeptSwitch } from './keep-switch.ts';
import { keepHooks, type KeptHooks } from './keep-hooks.ts';
import { keptStarts, targetName } from './kept-starts.ts';
import { createStartupLearner, type StartupLearner } from './learn-startups.ts';
import { keepFindings, type Findings } from './findings.ts';
import { restoreFloors, type RestoreFloorsDeps } from './restore-floors.ts';
import { createPolicyReader, type PolicyReader } from './policy-reader.ts';
import { syncFleet, type InvalidObject } from './sync-fleet.ts';
import { newsOf, tellObjects, type TellDeps } from './tell-objects.ts';
import { watchCluster, type ClusterWatch } from './watch-cluster.ts';

const DEFAULT_PROBES_PORT = 8081;
const SYNC_LOOK_SECONDS = 0.1;
/** Who asks the API waits for no longer than this to be known. */
const REVIEW_SECONDS = 3;

/** Everything that runs beside the loop. */
interface Site {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly client: ApiClient;
  readonly watch: ClusterWatch;
  readonly elector: LeaderElector;
  readonly identity: string;
  readonly startups: StartupLearner;
  readonly findings: Findings;
  readonly hooks: KeptHooks;
  readonly controller: Controller;
  readonly sources: MetricsSources;
  readonly policies: PolicyReader;
  readonly feed: DecisionFeed;
  readonly tell: TellDeps;
  readonly restore: RestoreFloorsDeps;
  readonly serverClock: ServerClock;
  readonly writeSwitch: KeptSwitch;
}

/** The controller of a cluster: runs until a signal, then gives its lease back; 0. */
export async function runInCluster(flags: RunFlags): Promise<number> {
  const connection = loadConnection(flags.kubeconfig);
  const site = assembleSite(flags, {
    connection,
    sources: createMetricsSources(await prometheusConfigs(flags)),
    network: await shippedNetwork(),
  });
  const stopping = stopOnSignals();
  const closing: (() => Promise<void>)[] = [
    () => site.client.close(),
    () => site.sources.close(),
    () => site.controller.close(),
    () => site.hooks.close(),
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
    const running = [site.watch.run(beside.signal), site.elector.run(beside.signal)];
    await loop(site, flags, stopping.signal);
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

/** The leader owns all workloads; the others decide the same, and pass on what they are asked. */
function peerOf({ elector, identity, clock }: Site): NonNullable<ApiAccess['peer']> {
  const isOwner = (): boolean => elector.isLeader();
  const url = (): string | undefined => (isOwner() ? undefined : elector.leaderUrl());
  return { owner: { isOwner, url }, identity, decidingSinceMs: clock.nowMs() };
}

/** Apart from the controller's own client: who asks the API waits for a shorter time. */
function reviewerOf(connection: ClusterConnection, clock: Clock): AccessReviewer {
  const timeoutSeconds = REVIEW_SECONDS;
  const client = { connection, clock, random: Math.random, userAgent: 'prescale', timeoutSeconds };
  return createAccessReviewer(createApiClient(client));
}

interface Given {
  readonly connection: ClusterConnection;
  readonly sources: MetricsSources;
  readonly network: NetworkOrReason;
}

function assembleSite(flags: RunFlags, { connection, sources, network }: Given): Site {
  const [clock, serverClock] = [createSystemClock(), createServerClock()];
  const logger = createLogger(flags.logLevel ?? 'info');
  const random = Math.random;
  const onFault = (message: string): void => logger.warn({ message }, 'cluster');
  const client = createApiClient({ connection, clock, random, userAgent: 'prescale', serverClock });
  const lease = flags.lease ?? { namespace: connection.namespace, name: 'prescale' };
  const switchName = { namespace: lease.namespace, name: `${lease.name}-switch` };
  const { namespace } = flags;
  const watch = watchCluster({ client, clock, random, namespace, onFault, writeSwitch: switchName });
  const instance = hostname();
  const identity = `${instance}_${randomUUID()}`;
  const elector = createLeaderElector({
    store: createLeaseStore(client, lease),
    clock,
    random,
    identity,
    url: advertisedUrl(flags),
    params: DEFAULT_LEASE_PARAMS,
    onChange: (isLeader) => tellLeadership(controller, isLeader),
    onFault,
    unfitBecause: () => serverClock.offBecause(),
  });
  const conflictOf = (policy: Policy): string | undefined => conflictWith(policy, watch.autoscalers());
  const api = createScaleApi(client, createResourceDiscovery(client));
  const writing = { leadership: elector, refusal: conflictOf };
  const hooks = keepHooks({ logger, ...writing });
  const scale = createScaleSubresourceScaler({ api, ...writing });
  const floors = createFloorApi(client, () => watch.autoscalers());
  const floor = createFloorScaler({ target: scale, floors, ...writing });
  const startups = createStartupLearner(createScalerByMode({ floor, scale }), {
    client,
    clock,
    stored: (policy) => keptStarts(policy, watch.predictiveAutoscaler(workloadKey(policy.workload))),
    onFault,
  });
  const findings = keepFindings(startups.scaler, {
    conflictOf,
    lacksHolder: (policy) => (floors.holderOf(policy) ? undefined : NO_HOLDER),
  });
  const writeSwitch = keepSwitch({
    name: `${switchName.namespace}/${switchName.name}`,
    configMap: () => watch.writeSwitch(),
    stopFile: flags.stopFile === undefined ? undefined : keepStopFile(flags.stopFile, onFault),
    onChange: (because) => tellStop(controller, because),
    onFault,
  });
  const controller = assembleController({
    tickSeconds: flags.tick,
    safety: createFleetSafety(writeSwitch, fleetLimits(flags), flags.tick),
    logger,
    network,
    scaler: findings.scaler,
    hooks,
    history: historySettings(flags),
  });
  controller.metrics.leads(false);
  const events = createEventRecorder({ client, clock, instance, onFault });
  const restore = { client, floors, leadership: elector, onFault };
  const feed = createDecisionFeed({ startedAtMs: clock.nowMs(), keptEvents: FED_DECISIONS_KEPT });
  return {
    clock,
    logger,
    client,
    watch,
    elector,
    identity,
    startups,
    findings,
    hooks,
    controller,
    sources,
    policies: createPolicyReader(),
    feed,
    tell: { client, events, onFault },
    restore,
    serverClock,
    writeSwitch,
  };
}

function tellLeadership({ metrics, logger }: Controller, isLeader: boolean): void {
  metrics.leads(isLeader);
  logger.info({ isLeader }, 'leadership');
}

function tellStop({ metrics, logger }: Controller, because: string | undefined): void {
  metrics.stopped(because !== undefined);
  if (because === undefined) logger.info({}, 'writes go on');
  else logger.warn({ because }, 'writes stopped');
}

function notReadyBecause({ watch, controller, serverClock }: Site): string | null {
  return watch.notReadyBecause() ?? serverClock.offBecause() ?? controller.notReadyBecause();
}

/** Ticks until stopped: the objects say who is looked after, and are told what came of it. */
async function loop(site: Site, flags: RunFlags, stop: AbortSignal): Promise<void> {
  const { clock, watch, controller, elector } = site;
  while (watch.notReadyBecause() !== null && !stop.aborted) await clock.sleep(SYNC_LOOK_SECONDS, stop);
  let invalid: readonly InvalidObject[] = [];
  const printer = createDecisionPrinter(process.stdout, printMode(flags));
  const plan = {
    speed: null,
    firstAtMs: clock.nowMs(),
    lastAtMs: Infinity,
    attendances: [],
    isSideBySide: false,
  };
  await controller.run(plan, clock, {
    async beforeTick() {
      await site.writeSwitch.look();
      invalid = sync(site, flags);
    },
    async onDecided(batch) {
      site.feed.publish(batch);
      await printer.print(batch);
      if (!elector.isLeader()) return;
      const objects = watch.autoscalers().predictiveAutoscalers;
      const mayWrite = flags.dryRun !== true && site.writeSwitch.stoppedBecause() === undefined;
      if (mayWrite) await restoreFloors(site.restore, objects, stop);
      const news = newsOf(objects, batch, {
        finding: (object) => findingOf(site, invalid, object),
        starts: (object) => startsOf(site, object),
      });
      await tellObjects(site.tell, news, clock.nowMs(), stop);
      await site.startups.look(stop);
    },
    stop,
  });
}

function sync(site: Site, flags: RunFlags): readonly InvalidObject[] {
  const { controller, watch, sources, policies, startups, findings } = site;
  const { fleet, ring, metrics } = controller;
  const onGone = (workload: Policy['workload']): void => {
    ring.forget(workload);
    metrics.forget(workload);
    startups.forget(workloadKey(workload));
    findings.forget(workloadKey(workload));
  };
  const recommendOnly = flags.dryRun === true;
  const deps = { fleet, sources, policies, recommendOnly, onGone };
  return syncFleet(deps, watch.autoscalers().predictiveAutoscalers);
}

function findingOf(
  { controller, findings }: Site,
  invalid: readonly InvalidObject[],
  object: KubernetesObject,
): Finding | undefined {
  const key = objectKey(object);
  const refused = invalid.find((one) => objectKey(one.object) === key);
  if (refused) return { reason: 'InvalidPolicy', message: refused.message };
  const { namespace = '', name } = object.metadata;
  const member = controller.fleet.member({ namespace, name });
  return member && findings.of(member.policy);
}

function startsOf({ controller, startups }: Site, object: KubernetesObject): StartsOfTarget | undefined {
  const { namespace = '', name } = object.metadata;
  const member = controller.fleet.member({ namespace, name });
  const record = startups.recordOf({ namespace, name });
  return member && record && { target: targetName(member.policy), record };
}
