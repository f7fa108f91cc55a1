/**
 * Histories of a fleet read by an indexed Job, as `deploy/` installs it: the real Job controller makes the pods, what each
 * would run is run beside it with its service account's rights, and a controller starts with what they have left.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import {
  backfill,
  makePrometheusDir,
  startPrometheus,
  type RealPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';
import { clientOf, must, until } from '../harness/client.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { freePorts } from '../harness/free-port.ts';
import { startMetricsRelay, type MetricsRelay } from '../harness/metrics-relay.ts';
import { steadyPolicy } from '../harness/steady-shop.ts';
import { makeNamespace } from '../harness/workloads.ts';
import { startPod, type RunningPod } from './installation.ts';
import { expectComplete, expectListsPoliciesAlone, installJob } from './job-installation.ts';
import { indexOf, pendingPods, startJobPod, tellEnded, type JobPod, type StartedPod } from './job-pods.ts';

const SYSTEM = 'prescale-system';
const JOB = 'prescale-bootstrap';
const SHARES = 4;
const FLEET = 60;
const STEP_SECONDS = 15;
/** At this step six histories are as much as is read at once at first: a share takes rounds. */
const LOOKBACK = '14d';
const PAST_SECONDS = 2 * 3600;

const NAMES = Array.from({ length: FLEET }, (_, at) => `app-${String(at).padStart(2, '0')}`);

/** Of the first policy: only where its calendar can be read the controller looks after it. */
const LAUNCHES = { name: 'launches', icalFile: 'launches.ics', arrivalRateMultiplier: 2 };
const CALENDAR = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//shop//EN', 'END:VCALENDAR', ''].join('\r\n');

interface Question {
  readonly names: readonly string[];
  /** From the first to the last instant asked for. */
  readonly spanSeconds: number;
}

let controlPlane: ControlPlane;
let admin: ApiClient;
let prometheus: RealPrometheus;
let relay: MetricsRelay;
let storeFolder: string;
let controller: RunningPod | undefined;
let asked: Question[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane({ components: ['kube-controller-manager'] });
  admin = clientOf(controlPlane);
  storeFolder = join(controlPlane.folder, 'store');
  await mkdir(storeFolder);
  const dir = await makePrometheusDir();
  await backfill(
    dir,
    NAMES.map((app, at) => ({ metric: 'rps', labels: { app }, series: steadyLoad(100 + at) })),
  );
  prometheus = await startPrometheus(dir);
  relay = await startMetricsRelay(() => prometheus.url, {
    onAsked: (form) => void asked.push(questionOf(form)),
  });
  await install();
});
afterAll(async () => {
  await controller?.process.kill();
  await admin?.close();
  await relay?.stop();
  await prometheus?.remove();
  await controlPlane?.stop();
});

const install = (): Promise<void> =>
  installJob(controlPlane, {
    components: ['store', 'bootstrap', 'calendars'],
    namespace: SYSTEM,
    async before() {
      await makeNamespace(admin, 'shop');
      for (const name of NAMES)
        await must(admin, { method: 'POST', path: autoscalersPath('shop'), body: policyOf(name) });
    },
  });

function policyOf(name: string): object {
  const policy = steadyPolicy(name, 'Recommend') as { readonly spec: Record<string, object> };
  const { spec } = policy;
  return {
    ...policy,
    spec: {
      ...spec,
      metrics: { ...spec['metrics'], arrivalRate: { query: `rps{app="${name}"}` } },
      forecast: { ...spec['forecast'], lookback: LOOKBACK },
      ...(name === NAMES[0] && { events: [LAUNCHES] }),
    },
  };
}

/** Two hours, and the next one too. */
function steadyLoad(rps: number) {
  const stepMs = STEP_SECONDS * 1000;
  const startAtMs = Math.floor(Date.now() / stepMs) * stepMs - PAST_SECONDS * 1000;
  const values = new Float64Array((PAST_SECONDS + 3600) / STEP_SECONDS).fill(rps);
  return { startAtMs, stepSeconds: STEP_SECONDS, values };
}

function questionOf(form: URLSearchParams): Question {
  const query = form.get('query') ?? '';
  return {
    names: NAMES.filter((name) => query.includes(name)),
    spanSeconds: Number(form.get('end') ?? 0) - Number(form.get('start') ?? 0),
  };
}

const askedNames = (): readonly string[] => [...new Set(asked.flatMap(({ names }) => names))].sort();
const storedFiles = async (): Promise<readonly string[]> =>
  (await readdir(join(storeFolder, 'series')).catch(() => [])).filter((name) => name.endsWith('.series'));
const startNext = (pod: JobPod): Promise<StartedPod> =>
  startJobPod(controlPlane, pod, { namespace: SYSTEM, prometheusUrl: relay.url, storeFolder });
const nextPods = (count: number): Promise<readonly JobPod[]> =>
  until(`${count} pods of the Job`, async () => {
    const pods = await pendingPods(admin, SYSTEM, JOB);
    return pods.length === count ? pods : undefined;
  });

interface Summary {
  readonly workloads: number;
  readonly known: number;
  readonly read: readonly string[];
}

async function ended({ process: running, logFile }: StartedPod): Promise<Summary> {
  await until('the pod has ended', () => running.hasEnded(), 120);
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
  return JSON.parse(lines.at(-1)!) as Summary;
}

test('the API server takes the Job, and its controller makes a pod for each index, as many at a time as it says', async () => {
  const pods = await nextPods(2);
  expect(pods.map(indexOf)).toEqual([0, 1]);
});

let firstShare: readonly string[];

test('a share that is killed goes on where it was, without reading anything again', async () => {
  const [pod] = await nextPods(2);
  const first = await startNext(pod);
  while ((await storedFiles()).length === 0 && !first.process.hasEnded()) await sleep(2);
  await first.process.kill();
  const kept = (await storedFiles()).length;
  expect(kept).toBeGreaterThan(0);
  const askedBefore = askedNames();
  await tellEnded(admin, SYSTEM, pod, 137);

  const again = await until('another pod for the index', async () => {
    const pods = await pendingPods(admin, SYSTEM, JOB);
    return pods.find((one) => indexOf(one) === 0 && one.metadata.name !== pod.metadata.name);
  });
  asked = [];
  const summary = await ended(await startNext(again));
  expect(summary.known).toBe(kept);
  expect(summary.read.length).toBe(summary.workloads - kept);
  expect(summary.read.length).toBeGreaterThan(0);
  // Who was asked for when the kill came may be asked for again; whose history was kept is not.
  const readAgain = askedNames().filter((name) => !summary.read.includes(`shop/${name}`));
  expect(readAgain).toEqual([]);
  firstShare = [...new Set([...askedBefore, ...askedNames()])].sort();
  expect(firstShare).toHaveLength(summary.workloads);
  await tellEnded(admin, SYSTEM, again, 0);
});

test('the shares make up the fleet, each workload in one, and the Job is done', async () => {
  const seen = [...firstShare];
  for (let share = 1; share < SHARES; share += 1) {
    const pod = await until(`the pod of share ${share}`, async () =>
      (await pendingPods(admin, SYSTEM, JOB)).find((one) => indexOf(one) === share),
    );
    asked = [];
    const summary = await ended(await startNext(pod));
    expect(summary.known).toBe(0);
    expect(summary.read.map((key) => key.replace('shop/', '')).toSorted()).toEqual(askedNames());
    seen.push(...askedNames());
    await tellEnded(admin, SYSTEM, pod, 0);
  }
  expect(seen.toSorted()).toEqual(NAMES);
  expect(await storedFiles()).toHaveLength(FLEET);
  await expectComplete(controlPlane, JOB, SYSTEM);
});

test('the controller that starts then asks for what came since alone', async () => {
  asked = [];
  const beganAtMs = Date.now();
  const [probesPort, apiPort] = await freePorts(2);
  const ports = { probesPort, apiPort };
  const calendarsFolder = join(controlPlane.folder, 'calendars');
  await mkdir(calendarsFolder);
  await writeFile(join(calendarsFolder, LAUNCHES.icalFile), CALENDAR);
  controller = await startPod(controlPlane, {
    ...{ namespace: SYSTEM, prometheusUrl: relay.url, storeFolder, calendarsFolder, ...ports },
  });
  await until('all are asked for', () => askedNames().length === FLEET);
  await until('several ticks', async () => {
    const metrics = await (await fetch(`${controller!.probesUrl}/metrics`)).text();
    return (
      Number(/^prescale_tick_duration_seconds_count\{stage="total"\} (\d+)$/m.exec(metrics)?.[1] ?? 0) > 2
    );
  });
  const sinceSeconds = (Date.now() - beganAtMs) / 1000;
  const longest = Math.max(...asked.map(({ spanSeconds }) => spanSeconds));
  // What may have come late (staleAfter), and what has passed since the Job: minutes of two weeks.
  expect(longest).toBeLessThan(sinceSeconds + 15 * 60);
});

test('its account lists policies, and may do nothing else', async () => {
  const lease = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/prescale`;
  const paths = [`${autoscalersPath('shop')}/${NAMES[0]}`, lease];
  await expectListsPoliciesAlone(controlPlane, { account: JOB, namespace: SYSTEM, paths });
});
