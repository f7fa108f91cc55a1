/**
 * One Deployment under the real HPA, and our baseline beside it. HPA asks for metrics once in each of its syncs: that
 * question is the sync. Before it comes the pods are brought to where they stand by then; the answer is the sample of
 * two syncs before. What HPA made of it is what the Deployment is asked for when the next question comes. The baseline
 * is told the same replicas and the same sample, at the same time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MS_PER_SECOND } from '../../../src/domain/clock.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import type { ReplayAutoscaler, ReplaySample, ReplayView } from '../../../src/replay/autoscaler.ts';
import { until } from '../harness/client.ts';
import type { CpuAnswer } from '../harness/metrics-api.ts';
import { podsOf } from '../harness/workloads.ts';
import { createPodLives, type PodLife } from './pod-lives.ts';
import {
  CPU_INITIALIZATION_SYNCS,
  DOWN_WINDOW_SECONDS,
  LAG_SYNCS,
  VIRTUAL_SECONDS_PER_SECOND,
  WINDOW_SECONDS,
} from './scale-of-time.ts';
import type { LoadPoint, Trouble } from './virtual-load.ts';
import { POD_MILLICORES, POD_RPS, scaleOf, type HpaWorkload } from './workload.ts';

export interface ComparedSync {
  readonly sync: number;
  readonly currentReplicas: number;
  readonly baselineReplicas: number;
  /** What the baseline asks for with a window that is a little shorter, or longer. */
  readonly atWindowEdge: readonly number[];
  /** Pods that have just become ready and took longer than the CPU initialization period: see `measuredPods`. */
  readonly lateStarters: number;
  /** Whether pods were still being made when HPA read the scale: of requests it takes the pods that there are. */
  readonly isScaleOld: boolean;
  readonly trouble: Trouble | undefined;
  readonly measuredReplicas: number;
  readonly missingReplicas: number;
  readonly unreadyReplicas: number;
  readonly utilizationRatio: number;
  /** What the real one asked for; known at the next sync. */
  hpaReplicas: number;
}

export interface SyncBySync {
  /** Answers of the metrics API; undefined: it fails. */
  readonly cpu: () => Promise<CpuAnswer | undefined>;
  readonly external: () => Promise<number | undefined>;
  /** When the load has come to its end. */
  readonly compared: () => Promise<readonly ComparedSync[]>;
}

/** One sync as the cluster is seen to be in it. */
interface Moment {
  readonly sync: number;
  readonly atMs: number;
  readonly replicas: number;
  /** When as many pods were seen as are asked for. */
  readonly madeAtMs: number;
  readonly pods: readonly PodLife[];
  /** What each pod used in it; of those that run. */
  readonly usage: ReadonlyMap<string, number>;
}

/** By then HPA is done with a sync that it has got its metrics for. */
const SETTLING_MS = 300;
/** By then its watches have shown HPA what became of the pods. */
const SEEN_MS = 150;
const STARTUP_SYNCS = { normal: 5, slow: 12, verySlow: 24 } as const;
/** While it starts a pod works hard; HPA must not mind. */
const STARTING_MILLICORES = 900;
const UNEVEN_RATIO = 0.2;
/**
 * Between our look at the clock and HPA's, at the two ends of a window: it looks some time after it has asked for metrics, longer
 * on a busy machine. Less than a sync, of which the window is a whole number: its oldest recommendation is at the edge at each.
 */
const EDGE_SECONDS = 0.95;

export function createSyncBySync(
  client: ApiClient,
  workload: HpaWorkload,
  load: readonly LoadPoint[],
): SyncBySync {
  const lives = createPodLives(client);
  const withWindow = (seconds: number): ReplayAutoscaler =>
    workload.baseline(seconds * VIRTUAL_SECONDS_PER_SECOND);
  const baseline = withWindow(DOWN_WINDOW_SECONDS);
  const atEdge = [-EDGE_SECONDS, EDGE_SECONDS].map((edge) => withWindow(DOWN_WINDOW_SECONDS + edge));
  const random = createRandom(1);
  const moments: Moment[] = [];
  const compared: ComparedSync[] = [];
  let preparedAtMs = 0;
  let askedAtMs = 0;
  let next = prepare(0);
  let onEnd: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => void (onEnd = resolve));

  async function prepare(sync: number): Promise<Moment> {
    const { asked } = await until(`${workload.name} has the pods that it is asked for`, async () => {
      const scale = await scaleOf(client, workload.name);
      return scale.asked === scale.made ? scale : undefined;
    });
    const madeAtMs = performance.now();
    const objects = await podsOf(client, workload.name);
    const { rateRps, trouble } = load[Math.min(sync, load.length - 1)];
    const atMs = Math.max(wholeSecond(Date.now()), (moments.at(-1)?.atMs ?? 0) + MS_PER_SECOND);
    const startupSyncs =
      trouble === 'slow' || trouble === 'verySlow' ? STARTUP_SYNCS[trouble] : STARTUP_SYNCS.normal;
    const pods = await lives.reach(objects, { sync, atMs, startupSyncs });
    const moment = { sync, atMs, replicas: asked, madeAtMs, pods, usage: usageOf(pods, rateRps, random) };
    moments.push(moment);
    preparedAtMs = performance.now();
    return moment;
  }

  /** A machine that is busy may not answer in time: once more then, when HPA waits for it. */
  async function prepareSoon(sync: number): Promise<Moment> {
    await sleep(SETTLING_MS);
    return prepare(sync).catch(() => prepare(sync));
  }

  /** The state is what HPA has read already: where it is not, the pods are looked at once more. */
  async function begin(): Promise<Moment> {
    askedAtMs = performance.now();
    let moment = await next;
    const { asked } = await scaleOf(client, workload.name);
    const last = compared.at(-1);
    if (last?.sync === moment.sync - 1) last.hpaReplicas = asked;
    if (asked !== moment.replicas) {
      moments.pop();
      moment = await prepare(moment.sync);
    }
    await sleep(Math.max(0, SEEN_MS - (performance.now() - preparedAtMs)));
    if (moment.sync === load.length) onEnd();
    next = prepareSoon(moment.sync + 1);
    return moment;
  }

  function judge(moment: Moment, sample: ReplaySample | undefined): undefined {
    const { sync, replicas, pods } = moment;
    if (sync >= load.length) return undefined;
    const readyReplicas = pods.filter(({ state }) => state === 'ready').length;
    const view: ReplayView = {
      step: sync,
      nowMs: performance.now() * VIRTUAL_SECONDS_PER_SECOND,
      stepSeconds: VIRTUAL_SECONDS_PER_SECOND,
      currentReplicas: replicas,
      readyReplicas,
      newestStep: sync - LAG_SYNCS,
      sampleAt: () => sample,
    };
    compared.push({
      sync,
      currentReplicas: replicas,
      baselineReplicas: baseline.desire(view),
      atWindowEdge: atEdge.map((one) => one.desire(view)),
      lateStarters: pods.filter((pod) => isLateStarter(pod, sync)).length,
      isScaleOld: workload.metric === 'external' && moment.madeAtMs > askedAtMs - SEEN_MS,
      trouble: load[sync].trouble,
      measuredReplicas: sample?.readyReplicas ?? 0,
      missingReplicas: sample?.missingReplicas ?? 0,
      unreadyReplicas: replicas - readyReplicas,
      utilizationRatio: sample?.utilizationRatio ?? Number.NaN,
      hpaReplicas: Number.NaN,
    });
    return undefined;
  }

  const sampled = ({ sync }: Moment): Moment => moments[Math.max(0, sync - LAG_SYNCS)];
  return {
    async cpu() {
      const moment = await begin();
      const { trouble, rateRps } = load[Math.min(moment.sync, load.length - 1)];
      if (trouble === 'down') return judge(moment, undefined);
      const { usage } = sampled(moment);
      const samples = moment.pods.flatMap(({ name }, i) => {
        const cpuMillicores = usage.get(name);
        const isHidden = trouble === 'missing' && (i + moment.sync) % 3 === 0;
        return cpuMillicores === undefined || isHidden ? [] : [{ pod: name, cpuMillicores }];
      });
      judge(moment, asSeen(moment, new Map(samples.map((one) => [one.pod, one.cpuMillicores])), rateRps));
      // A sample ends where the sync after it begins.
      const { atMs } = moments[Math.max(0, moment.sync - LAG_SYNCS + 1)];
      return { atMs, windowSeconds: WINDOW_SECONDS, samples };
    },
    async external() {
      const moment = await begin();
      const { sync } = sampled(moment);
      const { trouble } = load[Math.min(moment.sync, load.length - 1)];
      if (trouble === 'down') return judge(moment, undefined);
      const thousandths = Math.round(1000 * load[sync].rateRps);
      judge(moment, { rateRps: thousandths / 1000, utilizationRatio: Number.NaN, readyReplicas: 0 });
      return thousandths;
    },
    async compared() {
      await ended;
      return compared;
    },
  };
}

function isLateStarter({ readyAt, bornAt }: PodLife, sync: number): boolean {
  return readyAt > sync - LAG_SYNCS && readyAt <= sync && readyAt - bornAt > CPU_INITIALIZATION_SYNCS;
}

/** What the sample says of the pods that there are now. */
function asSeen({ sync, pods }: Moment, samples: ReadonlyMap<string, number>, rateRps: number): ReplaySample {
  const measured = pods.filter(({ name, readyAt }) => readyAt <= sync - LAG_SYNCS && samples.has(name));
  const missing = pods.filter(({ name, state }) => state !== 'pending' && !samples.has(name));
  const used = measured.reduce((sum, { name }) => sum + samples.get(name)!, 0);
  return {
    rateRps,
    utilizationRatio: measured.length === 0 ? 0 : used / (measured.length * POD_MILLICORES),
    readyReplicas: measured.length,
    missingReplicas: missing.length,
  };
}

/** The ready ones share the load, none of them quite evenly, and no one has more than a core. */
function usageOf(
  pods: readonly PodLife[],
  rateRps: number,
  random: () => number,
): ReadonlyMap<string, number> {
  const ready = pods.filter(({ state }) => state === 'ready').length;
  const utilizationRatio = ready === 0 ? 1 : rateRps / (POD_RPS * ready);
  const running = pods.filter(({ state }) => state !== 'pending');
  return new Map(
    running.map(({ name, state }) => {
      const uneven = 1 + UNEVEN_RATIO * (random() - 0.5);
      const share = Math.min(1, utilizationRatio * uneven);
      return [name, state === 'ready' ? Math.round(POD_MILLICORES * share) : STARTING_MILLICORES];
    }),
  );
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / MS_PER_SECOND) * MS_PER_SECOND;
}
