/** One side over one fleet: what it costs in calm, and how soon after a change of load all have been scaled. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { givenUpWrites, scaleWrites, type ScaleWritten } from '../../cluster/harness/audit-log.ts';
import { must } from '../../cluster/harness/client.ts';
import { cpuSeconds, residentBytes } from '../../cluster/harness/process-usage.ts';
import { openFleetSite, type FleetSite } from './fleet-site.ts';
import { startShopLoad, type ShopLoad } from './shop-load.ts';
import { START, type RunningSide, type Side } from './sides.ts';

/** What a start says of each workload (a status, an event, a first change) is over then. */
const startedWithinSeconds = (size: number): number => Math.max(60, 0.075 * size);
const CALM_SECONDS = 120;
const IDLE_SECONDS = 30;
const PATCHED_WITHIN_SECONDS = 180;

export interface Reaction {
  readonly side: Side;
  readonly workloads: number;
  readonly patched: number;
  readonly secondsToPatch: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly cores: number;
  readonly apiServerCores: number;
  readonly apiServerIdleCores: number;
  /** Answered by the API server in calm, beyond what it answers when nobody scales. */
  readonly apiRequestsPerSecond: number;
  /** In the time after all workloads are looked after: a minute, from 800 workloads on longer. */
  readonly apiServerStartCores: number;
  readonly rssBytes: number;
}

export async function reactionOf(side: Side, size: number): Promise<Reaction> {
  const site = await openFleetSite(size);
  const load = await startShopLoad(site.members.map(({ name }) => name));
  let running: RunningSide | undefined;
  try {
    const apiServer = site.controlPlane.process('kube-apiserver').pid;
    const requests = (): Promise<number> => requestsSoFar(site.client);
    const [[apiServerIdleCores], idle] = await Promise.all([
      coresOver(IDLE_SECONDS, [apiServer]),
      perSecond(IDLE_SECONDS, requests),
    ]);
    running = await START[side](site, load);
    const [apiServerStartCores] = await coresOver(startedWithinSeconds(size), [apiServer]);
    const [[cores, apiServerCores], calm] = await Promise.all([
      coresOver(CALM_SECONDS, [running.pid, apiServer]),
      perSecond(CALM_SECONDS, requests),
    ]);
    const seconds = await secondsToPatch(site, load, running);
    const rssBytes = await residentBytes(running.pid, 'VmRSS');
    const ofApiServer = { apiServerCores, apiServerIdleCores, apiServerStartCores };
    const apiRequestsPerSecond = Math.max(0, calm - idle);
    return { side, workloads: size, ...seconds, cores, ...ofApiServer, apiRequestsPerSecond, rssBytes };
  } finally {
    await running?.stop();
    await load.stop();
    await site.stop();
  }
}

async function secondsToPatch(
  { controlPlane, client, members }: FleetSite,
  load: ShopLoad,
  { user }: RunningSide,
): Promise<Pick<Reaction, 'patched' | 'secondsToPatch'>> {
  const steppedMs = Date.now();
  load.step();
  let firsts = new Map<string, number>();
  while (firsts.size < members.length && Date.now() < steppedMs + PATCHED_WITHIN_SECONDS * 1000) {
    await sleep(1000);
    const isOurs = (one: ScaleWritten): boolean => user.test(one.user.split(':').at(-1)!);
    const answered = firstAfter(scaleWrites(controlPlane).filter(isOurs), steppedMs);
    const others = givenUpWrites(controlPlane).filter((one) => isOurs(one) && !answered.has(one.target));
    firsts = firstAfter(await madeAllTheSame(client, others), steppedMs, answered);
  }
  const seconds = [...firsts.values()].map((atMs) => (atMs - steppedMs) / 1000).sort((a, b) => a - b);
  const at = (ratio: number): number => seconds[Math.ceil(ratio * seconds.length) - 1] ?? NaN;
  return { patched: seconds.length, secondsToPatch: { p50: at(0.5), p99: at(0.99), most: at(1) } };
}

/** Those whose target has what was asked for. */
async function madeAllTheSame(
  client: ApiClient,
  writes: readonly ScaleWritten[],
): Promise<readonly ScaleWritten[]> {
  const made: ScaleWritten[] = [];
  for (const one of writes) {
    const path = `/apis/apps/v1/namespaces/${one.namespace}/deployments/${one.target}`;
    const { spec } = await must<{ spec: { replicas: number } }>(client, { method: 'GET', path });
    if (spec.replicas === one.replicas) made.push(one);
  }
  return made;
}

function firstAfter(
  writes: readonly ScaleWritten[],
  fromMs: number,
  before: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const firsts = new Map(before);
  for (const { target, atMs } of writes) if (atMs >= fromMs && !firsts.has(target)) firsts.set(target, atMs);
  return firsts;
}

async function coresOver(seconds: number, pids: readonly number[]): Promise<readonly number[]> {
  const before = await Promise.all(pids.map(cpuSeconds));
  await sleep(seconds * 1000);
  const after = await Promise.all(pids.map(cpuSeconds));
  return after.map((one, index) => (one - before[index]) / seconds);
}

async function perSecond(seconds: number, read: () => Promise<number>): Promise<number> {
  const before = await read();
  await sleep(seconds * 1000);
  return ((await read()) - before) / seconds;
}

/** Since the API server started, as it counts them itself; watches count when they end. */
async function requestsSoFar(client: ApiClient): Promise<number> {
  const { signal } = new AbortController();
  const answer = await client.stream({ path: '/metrics', query: {}, silenceSeconds: 30 }, signal);
  if (answer.kind !== 'open') throw new Error(`/metrics: ${JSON.stringify(answer)}`);
  const pieces: Buffer[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  const counts = Buffer.concat(pieces)
    .toString()
    .matchAll(/^apiserver_request_total\{.*\} (\S+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

export function reactionText(reaction: Reaction): string {
  const { side, workloads, patched, secondsToPatch: to, cores, rssBytes } = reaction;
  const { apiServerCores, apiServerIdleCores, apiRequestsPerSecond } = reaction;
  return [
    `${side}, ${workloads} workloads: ${patched} patched after p50 ${to.p50.toFixed(1)} s, p99 ${to.p99.toFixed(1)} s, at most ${to.most.toFixed(1)} s`,
    `${cores.toFixed(3)} cores, ${Math.round(rssBytes / 1e6)} MB; API server ${apiServerCores.toFixed(3)} cores, idle ${apiServerIdleCores.toFixed(3)}, ${apiRequestsPerSecond.toFixed(1)} requests/s in calm`,
  ].join('; ');
}
