/**
 * The indexed Job of the component training on a real control plane: its controller makes a pod for each index, each fine-tunes
 * the networks of its classes from the histories that the store holds, and a controller takes each for its class alone.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import type { TrainedClass } from '../../../src/cli/train/classes/train-classes.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { loadChallenger } from '../../../src/infer/load-challenger.ts';
import { seriesFileName, writeSeries } from '../../../src/observe/series-folder.ts';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicy } from '../../../src/policy/parse-policy.ts';
import { moodyLoad } from '../../builders/moody-load.ts';
import {
  backfill,
  makePrometheusDir,
  startPrometheus,
  type RealPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';
import { clientOf, must, until } from '../harness/client.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { freePorts } from '../harness/free-port.ts';
import { steadyPolicy } from '../harness/steady-shop.ts';
import { freshDeployment, makeNamespace } from '../harness/workloads.ts';
import { startPod, type RunningPod } from './installation.ts';
import { expectComplete, expectListsPoliciesAlone, installJob } from './job-installation.ts';
import { indexOf, pendingPods, startJobPod, tellEnded, type JobPod, type StartedPod } from './job-pods.ts';

const SYSTEM = 'prescale-system';
const JOB = 'prescale-training';
const SHARES = 4;
const STEP_SECONDS = 1800;
/** Ended with the newest slot. */
const PAST_DAYS = 31;
const BRIEF_DAYS = 6;
const DAY_MS = 86_400_000;

/** A load that can be learnt, one of which too little is known to win, and one of which nothing is. */
const CLASS_OF = { checkout: 'moody', cart: undefined, search: 'new' } as const;
const NAMES = Object.keys(CLASS_OF) as (keyof typeof CLASS_OF)[];

let controlPlane: ControlPlane;
let admin: ApiClient;
let prometheus: RealPrometheus;
let storeFolder: string;
let controller: RunningPod | undefined;

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  admin = clientOf(controlPlane);
  storeFolder = join(controlPlane.folder, 'store');
  await keepHistories();
  prometheus = await startRates();
  await install();
});
afterAll(async () => {
  await controller?.process.kill();
  await admin?.close();
  await prometheus?.remove();
  await controlPlane?.stop();
});

function policyOf(name: keyof typeof CLASS_OF): { readonly spec: object } {
  const policy = steadyPolicy(name, 'Recommend') as { readonly spec: Record<string, object> };
  const [workloadClass, query] = [CLASS_OF[name], `rps{app="${name}"}`];
  const forecast = { step: '30m', horizon: '2h', lookback: '40d', models: ['lstm'] };
  return {
    ...policy,
    spec: {
      ...policy.spec,
      metrics: { ...policy.spec['metrics'], arrivalRate: { query }, staleAfter: '2h' },
      forecast: { ...forecast, ...(workloadClass !== undefined && { class: workloadClass }) },
    },
  };
}

const stepMs = STEP_SECONDS * 1000;
const endAtMs = Math.floor(Date.now() / stepMs) * stepMs;
const startAtMs = endAtMs - PAST_DAYS * DAY_MS;
/** Of too few days for anybody to win. */
const brief: TimeSeries = {
  startAtMs: endAtMs - BRIEF_DAYS * DAY_MS,
  stepSeconds: STEP_SECONDS,
  values: Float64Array.from(
    { length: BRIEF_DAYS * 48 },
    (_, at) => 100 + 40 * Math.sin((2 * Math.PI * at) / 48),
  ),
};

/** As the Job bootstrap, or a controller before this one, has kept them. */
async function keepHistories(): Promise<void> {
  const folder = join(storeFolder, 'series');
  await mkdir(folder, { recursive: true });
  for (const [name, series] of [
    ['checkout', moodyLoad(startAtMs)],
    ['cart', brief],
  ] as const)
    await writeSeries(folder, seriesFileName(compilePolicy(parsePolicy(policyOf(name)))), series);
}

/** What has come since. */
async function startRates(): Promise<RealPrometheus> {
  const dir = await makePrometheusDir();
  const series = { startAtMs: endAtMs, stepSeconds: 60, values: new Float64Array(120).fill(100) };
  await backfill(
    dir,
    NAMES.map((app) => ({ metric: 'rps', labels: { app }, series })),
  );
  return startPrometheus(dir);
}

const install = (): Promise<void> =>
  installJob(controlPlane, {
    components: ['store', 'training'],
    namespace: SYSTEM,
    async before() {
      await makeNamespace(admin, 'shop');
      for (const name of NAMES) {
        await freshDeployment(admin, name, 2);
        await must(admin, { method: 'POST', path: autoscalersPath('shop'), body: policyOf(name) });
      }
    },
  });

const startNext = (pod: JobPod): Promise<StartedPod> =>
  startJobPod(controlPlane, pod, { namespace: SYSTEM, prometheusUrl: prometheus.url, storeFolder });
const podOf = (share: number, not?: JobPod): Promise<JobPod> =>
  until(`the pod of share ${share}`, async () =>
    (await pendingPods(admin, SYSTEM, JOB)).find(
      (one) => indexOf(one) === share && one.metadata.name !== not?.metadata.name,
    ),
  );
const fileOf = (...path: readonly string[]): string => join(storeFolder, 'networks', ...path);
const logOf = ({ logFile }: StartedPod): Promise<string> => readFile(logFile, 'utf8');

async function ended(pod: StartedPod): Promise<readonly TrainedClass[]> {
  await until('the pod has ended', () => pod.process.hasEnded(), 240);
  const lines = (await logOf(pod)).trim().split('\n');
  return (JSON.parse(lines.at(-1)!) as { readonly classes: readonly TrainedClass[] }).classes;
}

test('the API server takes the Job, and its pods may list policies and nothing else', async () => {
  const pods = await until('two pods of the Job', async () => {
    const pending = await pendingPods(admin, SYSTEM, JOB);
    return pending.length === 2 ? pending : undefined;
  });
  expect(pods.map(indexOf)).toEqual([0, 1]);
  const paths = [`${autoscalersPath('shop')}/cart`];
  await expectListsPoliciesAlone(controlPlane, { account: JOB, namespace: SYSTEM, paths });
});

/** The epochs that a pod's log tells. */
const epochsOf = async (pod: StartedPod): Promise<readonly number[]> =>
  [...(await logOf(pod)).matchAll(/^epoch (\d+): /gm)].map(([, epoch]) => Number(epoch));

/** Until it has kept two epochs of the class that can be learnt, or has ended. */
async function hasTwoEpochs(pod: StartedPod): Promise<boolean> {
  const isThere = async (): Promise<boolean> =>
    existsSync(fileOf('moody', 'checkpoint.json')) && (await epochsOf(pod)).includes(2);
  while (!pod.process.hasEnded()) {
    if (await isThere()) return true;
    await sleep(20);
  }
  return false;
}

/** Killed once where it trains the class that can be learnt. */
async function playShare(share: number): Promise<{ classes: readonly TrainedClass[]; isKilled: boolean }> {
  const first = await podOf(share);
  let [pod, started] = [first, await startNext(first)];
  const isKilled = await hasTwoEpochs(started);
  if (isKilled) {
    await started.process.kill();
    await tellEnded(admin, SYSTEM, first, 137);
    pod = await podOf(share, first);
    started = await startNext(pod);
  }
  const classes = await ended(started);
  if (isKilled) expect(Math.min(...(await epochsOf(started)))).toBeGreaterThan(2);
  await tellEnded(admin, SYSTEM, pod, 0);
  return { classes, isKilled };
}

test('the shares train each class once; one that is killed goes on with the epoch where it was', async () => {
  const played = [];
  for (let share = 0; share < SHARES; share += 1) played.push(await playShare(share));
  expect(played.filter(({ isKilled }) => isKilled)).toHaveLength(1);
  const trained = played.flatMap(({ classes }) => classes);
  expect(trained.toSorted((a, b) => (a.class < b.class ? -1 : 1))).toMatchObject([
    { class: 'default', workloads: 1, learnedFrom: 1, outcome: 'notWon', file: null },
    { class: 'moody', workloads: 1, learnedFrom: 1, outcome: 'won', file: fileOf('moody', 'lstm.json') },
    { class: 'new', workloads: 1, learnedFrom: 0, outcome: 'tooLittle', file: null },
  ]);
  await expectComplete(controlPlane, JOB, SYSTEM);
});

test('the controller lets the network of a class contend for its workloads alone', async () => {
  const { unseenFromMs } = await loadChallenger(fileOf('moody', 'lstm.json'));
  expect(unseenFromMs).toBe(Math.floor(endAtMs / DAY_MS) * DAY_MS);
  const [probesPort, apiPort] = await freePorts(2);
  controller = await startPod(controlPlane, {
    ...{ namespace: SYSTEM, prometheusUrl: prometheus.url, storeFolder, probesPort, apiPort },
    tickSeconds: 8,
  });
  const decisionOf = (name: string): Promise<string> =>
    until(`a forecast of ${name}`, async () => {
      const answer = await fetch(`${controller!.apiUrl}/api/v1/autoscalers/shop/${name}/decisions?limit=1`);
      const text = await answer.text();
      return /"model":"lstm"/.test(text) && !text.includes('DeadlineExceeded') ? text : undefined;
    });
  expect(await decisionOf('checkout')).toMatch(/the challenger has not won|the challenger serves/);
  expect(await decisionOf('cart')).not.toMatch(/the challenger/);
});
