/** What a soak breaks: a control plane, a Prometheus, two controllers, each on a machine of its own, and all between them. */
import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RealPrometheus } from '../../integration/prometheus/real-prometheus.ts';
import { openShop, TICK_SECONDS, type Shop } from '../faults/shop.ts';
import { until } from '../harness/client.ts';
import { metricOf, startController, type Machine, type RunningController } from '../harness/controller.ts';
import { startMetricsRelay, type MetricsRelay } from '../harness/metrics-relay.ts';
import { startSteadyPrometheus, type SteadyMore } from '../harness/steady-shop.ts';
import { startTcpRelay, type TcpRelay } from '../harness/tcp-relay.ts';

export const USERS = ['prescale-a', 'prescale-b'] as const;
export type Replica = (typeof USERS)[number];
export const WORKLOADS = ['web', 'cart'] as const;

const CLOCK_JUMP_SECONDS = 300;
const DISK_BYTES = 64 * 2 ** 20;
const HEAP_SECONDS = 15;
/** Once a minute it is counted what is the program's own. */
const CENSUS_EACH = 4;

/** However long a fault has lasted, nothing waits that more replicas than the load needs would work off. */
export const SOAKED: SteadyMore = { neverWaits: true };

export interface Site {
  readonly shop: Shop;
  /** Started again by a test that kills it. */
  prometheus: RealPrometheus;
  readonly metrics: MetricsRelay;
  /** In the way to everything: API servers of both controllers, and Prometheus. */
  readonly relays: readonly TcpRelay[];
  readonly controllers: Map<Replica, RunningController>;
  /** While it is there, no name is known. */
  readonly namesGoneFile: string;
  heapFile(user: Replica): string;
  /** As seen from outside: the controller's disk, which is its own. */
  diskOf(user: Replica): string;
  leader(): Promise<Replica>;
  start(user: Replica): Promise<void>;
  /** Copies what the controllers have on their disks, which are gone with them; resolves to the folder. */
  keepDecisions(): Promise<string>;
  close(): Promise<void>;
}

export async function openSite(hours: number): Promise<Site> {
  const [shop, prometheus] = await Promise.all([openShop(USERS), startSteadyPrometheus(hours + 1)]);
  const { folder, url } = shop.controlPlane;
  const metrics = await startMetricsRelay(() => site.prometheus.url);
  const toApi = Object.fromEntries(
    await Promise.all(USERS.map(async (user) => [user, await startTcpRelay(Number(new URL(url).port))])),
  ) as Record<Replica, TcpRelay>;
  const toMetrics = await startTcpRelay(Number(new URL(metrics.url).port));
  const controllers = new Map<Replica, RunningController>();
  const heapFile = (user: Replica): string => join(folder, `${user}.heap`);
  const namesGoneFile = join(folder, 'names-gone');
  const disk = (user: Replica): string => join(folder, `${user}-disk`);

  const site: Site = {
    shop,
    prometheus,
    metrics,
    relays: [...Object.values(toApi), toMetrics],
    controllers,
    namesGoneFile,
    heapFile,
    diskOf: (user) => `/proc/${controllers.get(user)!.process.pid}/root${disk(user)}`,
    leader: () => until('one leads', async () => (await leadersOf(controllers))[0], 120),
    async start(user) {
      await mkdir(disk(user), { recursive: true });
      const controller = await startController(shop.controlPlane, {
        user,
        prometheusUrl: `http://prometheus.test:${toMetrics.port}`,
        tickSeconds: TICK_SECONDS,
        relayPort: toApi[user].port,
        clockJumpSeconds: CLOCK_JUMP_SECONDS,
        flags: { 'history-dir': disk(user), 'history-size': '16Mi' },
        machine: machineOf(disk(user), namesGoneFile, heapFile(user)),
      });
      controllers.set(user, controller);
    },
    async keepDecisions() {
      const kept = await mkdtemp(join(tmpdir(), 'prescale-soak-'));
      for (const user of USERS)
        await cp(site.diskOf(user), join(kept, user), { recursive: true }).catch(() => undefined);
      return kept;
    },
    async close() {
      for (const { process } of controllers.values()) await process.kill();
      for (const relay of site.relays) await relay.stop();
      await metrics.stop();
      await site.prometheus.remove();
      await shop.close();
    },
  };
  for (const name of WORKLOADS) await shop.make(name, SOAKED);
  for (const user of USERS) await site.start(user);
  for (const name of WORKLOADS) await shop.settles(name);
  return site;
}

export async function leadersOf(
  controllers: ReadonlyMap<Replica, RunningController>,
): Promise<readonly Replica[]> {
  const asked = [...controllers].map(async ([user, controller]) => {
    const leads = await metricOf(controller, 'prescale_leader').catch(() => 0);
    return leads === 1 ? [user] : [];
  });
  return (await Promise.all(asked)).flat();
}

/** A disk that only the controller sees, as large as it may be; nobody need be root for that. */
function machineOf(disk: string, namesGoneFile: string, heapFile: string): Machine {
  const mount = `mount -t tmpfs -o size=${DISK_BYTES} tmpfs "$0" && exec "$@"`;
  return {
    apiHost: 'kubernetes.default.svc',
    nodeFlags: [
      '--expose-gc',
      ...['--import', join(import.meta.dirname, 'broken-names.js')],
      ...['--import', join(import.meta.dirname, '..', '..', 'soak', 'heap-witness.js')],
    ],
    environment: {
      PRESCALE_NAMES_GONE: namesGoneFile,
      PRESCALE_HEAP_FILE: heapFile,
      PRESCALE_HEAP_SECONDS: String(HEAP_SECONDS),
      PRESCALE_CENSUS_EACH: String(CENSUS_EACH),
    },
    runner: ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, disk],
  };
}
