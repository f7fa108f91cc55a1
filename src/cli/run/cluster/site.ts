import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createDecisionFeed } from '../../../api/decision-feed.ts';
import type { DecisionFeed } from '../../../api/ports.ts';
import { createApiClient, type ApiClient } from '../../../cluster/api-client.ts';
import type { ClusterConnection } from '../../../cluster/cluster-connection.ts';
import { createEventRecorder } from '../../../cluster/event-recorder.ts';
import { createServerClock, type ServerClock } from '../../../cluster/server-clock.ts';
import { createTargetCopies, type TargetCopies } from '../../../cluster/target-copies.ts';
import { createFleetSafety } from '../../../control/fleet-safety.ts';
import { createSystemClock } from '../../../control/clocks/system-clock.ts';
import type { Ownership } from '../../../control/shards/ownership.ts';
import type { Clock } from '../../../domain/clock.ts';
import type { MetricsSources } from '../../../observe/metrics-sources.ts';
import { createLogger, type Logger } from '../../../telemetry/logger.ts';
import { assembleController, type Controller } from '../assemble-controller.ts';
import { historySettings, seriesDirectory, type RunFlags } from '../run-flags.ts';
import { fleetLimits } from '../safety-flags.ts';
import { FED_DECISIONS_KEPT } from '../serve-api.ts';
import type { Served } from '../served-network.ts';
import { advertisedUrl } from '../address-flag.ts';
import { keepStopFile } from '../stop-file.ts';
import { assembleScaling, type Scaling } from './assemble-scaling.ts';
import { calendarFilesWithin } from './calendar-folder.ts';
import { keepSwitch, type KeepSwitchDeps, type KeptSwitch } from './keep-switch.ts';
import { isOwned, ownShards } from './own-shards.ts';
import type { RestoreFloorsDeps } from './restore-floors.ts';
import { createPolicyReader, type PolicyReader } from './policy-reader.ts';
import { createStatusPace } from './status-pace.ts';
import { createTeller, type Teller } from './teller.ts';
import { watchCluster, type ClusterWatch } from './watch-cluster.ts';

/** Everything that runs beside the loop. */
export interface Site {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly client: ApiClient;
  readonly watch: ClusterWatch;
  readonly ownership: Ownership;
  readonly work: Work;
  readonly identity: string;
  readonly scaling: Scaling;
  readonly controller: Controller;
  readonly sources: MetricsSources;
  readonly policies: PolicyReader;
  readonly feed: DecisionFeed;
  readonly teller: Teller;
  readonly targets: TargetCopies;
  readonly restore: RestoreFloorsDeps;
  readonly serverClock: ServerClock;
  readonly writeSwitch: KeptSwitch;
}

/** Whether a tick is under way, and with it what it writes. */
interface Work {
  isUnderWay: boolean;
}

export interface SiteParts {
  readonly connection: ClusterConnection;
  readonly sources: MetricsSources;
  readonly served: Served;
}

/** What a controller of a cluster is made of; nothing runs yet. */
export function assembleSite(flags: RunFlags, { connection, sources, served }: SiteParts): Site {
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
  const work = { isUnderWay: false };
  const ownership = ownShards({
    client,
    lease,
    shards: flags.shards,
    isQuiet: () => !work.isUnderWay,
    clock,
    random,
    identity,
    url: advertisedUrl(flags),
    onChange: () => tellOwnership(controller, ownership),
    onFault,
    unfitBecause: () => serverClock.offBecause(),
  });
  const targets = createTargetCopies({ client, clock, random, namespace, onFault });
  const scaling = assembleScaling({ client, clock, targets, watch, ownership, logger, onFault });
  const writeSwitch = switchOf(flags, {
    ...switchName,
    watch,
    onFault,
    onChange: (because) => tellStop(controller, because),
  });
  const controller = assembleController({
    tickSeconds: flags.tick,
    safety: createFleetSafety(writeSwitch, fleetLimits(flags), flags.tick, () => heldRatio(ownership)),
    logger,
    ...served,
    scaler: scaling.findings.scaler,
    hooks: scaling.hooks,
    history: historySettings(flags),
    seriesDirectory: seriesDirectory(flags),
  });
  controller.metrics.holds(ownership.shards());
  return {
    clock,
    logger,
    client,
    watch,
    ownership,
    work,
    identity,
    scaling,
    controller,
    sources,
    policies: createPolicyReader(
      flags.calendars === undefined ? undefined : calendarFilesWithin(flags.calendars),
    ),
    feed: createDecisionFeed({ startedAtMs: clock.nowMs(), keptEvents: FED_DECISIONS_KEPT }),
    teller: tellerOf({ client, clock, watch, ownership, onFault }, instance),
    targets,
    restore: { client, floors: scaling.floors, leadership: ownership, onFault },
    serverClock,
    writeSwitch,
  };
}

interface SwitchDeps extends Pick<KeepSwitchDeps, 'onChange' | 'onFault'> {
  readonly namespace: string;
  readonly name: string;
  readonly watch: ClusterWatch;
}

function switchOf({ stopFile }: RunFlags, { namespace, name, watch, ...told }: SwitchDeps): KeptSwitch {
  return keepSwitch({
    name: `${namespace}/${name}`,
    configMap: () => watch.writeSwitch(),
    stopFile: stopFile === undefined ? undefined : keepStopFile(stopFile, told.onFault),
    ...told,
  });
}

type TellerParts = Pick<Site, 'client' | 'clock' | 'watch' | 'ownership'> & {
  readonly onFault: (message: string) => void;
};

function tellerOf({ client, clock, watch, ownership, onFault }: TellerParts, instance: string): Teller {
  return createTeller({
    client,
    events: createEventRecorder({ client, clock, instance, onFault }),
    pace: createStatusPace(),
    onFault,
    newest: (key) => watch.predictiveAutoscaler(key),
    isOwned: isOwned(ownership),
  });
}

function tellOwnership({ metrics, logger }: Controller, ownership: Ownership): void {
  const { held, all } = ownership.shards();
  metrics.holds({ held, all });
  if (all === 1) logger.info({ isLeader: held === 1 }, 'leadership');
  else logger.info({ held, of: all }, 'shards');
}

function heldRatio(ownership: Ownership): number {
  const { held, all } = ownership.shards();
  return all === 1 ? 1 : held / all;
}

function tellStop({ metrics, logger }: Controller, because: string | undefined): void {
  metrics.stopped(because !== undefined);
  if (because === undefined) logger.info({}, 'writes go on');
  else logger.warn({ because }, 'writes stopped');
}
