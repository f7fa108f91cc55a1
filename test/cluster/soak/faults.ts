/** What may befall a fleet's controllers: each fault with how long it lasts, how it begins and how it ends. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../src/domain/random.ts';
import { startPrometheus } from '../../integration/prometheus/real-prometheus.ts';
import { must, until } from '../harness/client.ts';
import { kubectl } from '../harness/installed.ts';
import { makeNarrowLevel, takeSeat } from '../harness/narrow-level.ts';
import type { MetricsFault } from '../harness/metrics-relay.ts';
import { SOAKED, USERS, WORKLOADS, type Site } from './site.ts';

type End = () => void | Promise<void>;

export interface Fault {
  readonly name: string;
  /** From, to. */
  readonly heldSeconds: readonly [number, number];
  /** Resolves to what ends it. */
  begin(site: Site): End | Promise<End>;
}

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/prescale-system/leases/prescale';
const NOTHING = (): void => undefined;
const jump = (site: Site, users: readonly (typeof USERS)[number][], signal: NodeJS.Signals): void =>
  users.forEach((user) => site.controllers.get(user)!.process.signal(signal));

function clockFault(name: string, signal: NodeJS.Signals, isOfAll: boolean): Fault {
  return {
    name,
    heldSeconds: [15, 40],
    async begin(site) {
      const users = isOfAll ? USERS : [await site.leader()];
      jump(site, users, signal);
      return () => jump(site, users, signal);
    },
  };
}

function metricsFault(name: string, fault: MetricsFault): Fault {
  return {
    name: `Prometheus: ${name}`,
    heldSeconds: [10, 40],
    begin({ metrics }) {
      metrics.spoil(fault);
      return () => metrics.spoil('none');
    },
  };
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'API server restarted',
    heldSeconds: [3, 20],
    async begin({ shop: { controlPlane } }) {
      await controlPlane.process('kube-apiserver').kill();
      return () => controlPlane.restart('kube-apiserver');
    },
  },
  {
    name: 'etcd stopped',
    heldSeconds: [10, 30],
    begin({ shop: { controlPlane } }) {
      const etcd = controlPlane.process('etcd');
      etcd.suspend();
      return () => etcd.resume();
    },
  },
  {
    name: 'CRD deleted and made again',
    heldSeconds: [5, 20],
    async begin({ shop }) {
      await kubectl(shop.controlPlane, 'delete', 'crd', 'predictiveautoscalers.prescale.dev');
      return async () => {
        await kubectl(shop.controlPlane, 'apply', '-f', 'deploy/crd/predictiveautoscalers.yaml');
        for (const name of WORKLOADS)
          await until('the kind is served', () =>
            shop.makePolicy(name, SOAKED).then(
              () => true,
              () => false,
            ),
          );
      };
    },
  },
  {
    name: 'Lease deleted',
    heldSeconds: [1, 5],
    async begin({ shop: { client } }) {
      await must(client, { method: 'DELETE', path: LEASE });
      return NOTHING;
    },
  },
  {
    name: '429s: one seat for all, taken most of the time',
    heldSeconds: [10, 30],
    async begin({ shop: { client, controlPlane } }) {
      const level = await makeNarrowLevel(client, [...USERS, 'staff'], ['*']);
      const over = new AbortController();
      const seats = takeSeats(over.signal, () => takeSeat(controlPlane));
      return async () => {
        over.abort();
        await seats;
        await level.remove();
      };
    },
  },
  {
    name: 'Prometheus: gone',
    heldSeconds: [10, 40],
    async begin(site) {
      await site.prometheus.kill();
      return async () => {
        site.prometheus = await startPrometheus(site.prometheus.dir, site.prometheus.port);
      };
    },
  },
  metricsFault('slow', 'slow'),
  metricsFault('silent', 'silent'),
  metricsFault('refuses', 'error'),
  metricsFault('half an answer', 'garbage'),
  metricsFault('not a number', 'notANumber'),
  metricsFault('empty', 'empty'),
  clockFault('clock of the leader 5 minutes behind', 'SIGUSR2', false),
  clockFault('clock of the leader 5 minutes ahead', 'SIGWINCH', false),
  clockFault('time jump of all controllers, 5 minutes back', 'SIGUSR2', true),
  clockFault('time jump of all controllers, 5 minutes on', 'SIGWINCH', true),
  {
    name: 'disks full',
    heldSeconds: [10, 40],
    async begin(site) {
      const fillers = USERS.map((user) => join(site.diskOf(user), 'filler'));
      await Promise.all(fillers.map(fill));
      return async () => {
        for (const filler of fillers) await rm(filler, { force: true });
      };
    },
  },
  {
    name: 'OOM-kill of the leader',
    heldSeconds: [2, 10],
    async begin(site) {
      const user = await site.leader();
      await site.controllers.get(user)!.process.kill();
      return () => site.start(user);
    },
  },
  {
    name: 'SIGSTOP of the leader',
    heldSeconds: [30, 30],
    async begin(site) {
      const { process } = site.controllers.get(await site.leader())!;
      process.suspend();
      return () => process.resume();
    },
  },
  {
    name: 'no name is known, connections cut',
    heldSeconds: [10, 40],
    async begin({ namesGoneFile, relays }) {
      await writeFile(namesGoneFile, '');
      for (const relay of relays) relay.cut();
      return () => rm(namesGoneFile);
    },
  },
  {
    name: 'half-open TCP: every connection is dead and nobody says so',
    heldSeconds: [1, 5],
    begin({ relays }) {
      for (const relay of relays) relay.strand();
      return NOTHING;
    },
  },
  {
    name: 'connections cut',
    heldSeconds: [1, 5],
    begin({ relays }) {
      for (const relay of relays) relay.cut();
      return NOTHING;
    },
  },
];

async function takeSeats(signal: AbortSignal, take: () => { giveBack(): Promise<void> }): Promise<void> {
  while (!signal.aborted) {
    const seat = take();
    await sleep(1500);
    await seat.giveBack().catch(() => undefined);
    await sleep(100);
  }
}

/** Whatever is left of the disk. */
async function fill(file: string): Promise<void> {
  const block = Buffer.alloc(2 ** 20);
  for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 16))
    for (;;) {
      try {
        await writeFile(file, block.subarray(0, size), { flag: 'a' });
      } catch {
        break;
      }
    }
}

/** All of them in an order of the seed, then all of them in another. */
export function* inRandomOrder(random: Random): Generator<Fault, never> {
  for (;;)
    yield* FAULTS.map((fault) => [random(), fault] as const)
      .sort(([a], [b]) => a - b)
      .map(([, fault]) => fault);
}

export function between([from, to]: readonly [number, number], random: Random): number {
  return from + (to - from) * random();
}
