/**
 * How long after a change of load a whole fleet has been scaled, on a real control plane with KWOK's pods, and what that
 * costs; for the controller and for HPA in one run:
 *
 *   npm run build && npx tsx test/cluster/binaries/main.ts
 *   npx tsx test/bench/reaction/main.ts [--workloads 100,1000] [--sides prescale,hpa] [--json]
 *
 * All loads step up at the same moment, by four. `to patch`: from then to the API server's answer to the first write of
 * each workload's scale, by its audit log. Before it, a minute after the start and with nothing to do for two minutes, the CPU (cores) of who scales
 * and of the API server, the latter beside what it takes when nobody scales; HPA's process does the work of all other
 * controllers too. Prometheus scrapes every 5 s; HPA is told what it has at that moment, the controller uses what is 5 s
 * old (its `delay`).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { scaleWrites, type ScaleWritten } from '../../cluster/harness/audit-log.ts';
import { cpuSeconds, residentBytes } from '../../cluster/harness/process-usage.ts';
import { openFleetSite, type FleetSite } from './fleet-site.ts';
import { startShopLoad, type ShopLoad } from './shop-load.ts';
import { SIDES, START, type RunningSide, type Side } from './sides.ts';

const { values: flags } = parseArgs({
  options: {
    workloads: { type: 'string', default: '100,1000' },
    sides: { type: 'string', default: SIDES.join(',') },
    json: { type: 'boolean', default: false },
  },
});

/** What a start says of each workload (a status, an event) is over then. */
const STARTED_WITHIN_SECONDS = 60;
const CALM_SECONDS = 120;
const IDLE_SECONDS = 30;
const PATCHED_WITHIN_SECONDS = 180;

interface Reaction {
  readonly side: Side;
  readonly workloads: number;
  readonly patched: number;
  readonly secondsToPatch: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly cores: number;
  readonly apiServerCores: number;
  readonly apiServerIdleCores: number;
  /** In the minute after all workloads are looked after. */
  readonly apiServerStartCores: number;
  readonly rssBytes: number;
}

for (const size of flags.workloads.split(',').map(Number))
  for (const side of flags.sides.split(',') as Side[]) {
    const reaction = await reactionOf(side, size);
    console.log(flags.json ? JSON.stringify(reaction) : textOf(reaction));
  }

async function reactionOf(side: Side, size: number): Promise<Reaction> {
  const site = await openFleetSite(size);
  const load = await startShopLoad(site.members.map(({ name }) => name));
  let running: RunningSide | undefined;
  try {
    const apiServer = site.controlPlane.process('kube-apiserver').pid;
    const [apiServerIdleCores] = await coresOver(IDLE_SECONDS, [apiServer]);
    running = await START[side](site, load);
    const [apiServerStartCores] = await coresOver(STARTED_WITHIN_SECONDS, [apiServer]);
    const [cores, apiServerCores] = await coresOver(CALM_SECONDS, [running.pid, apiServer]);
    const seconds = await secondsToPatch(site, load, running);
    const rssBytes = await residentBytes(running.pid, 'VmRSS');
    const ofApiServer = { apiServerCores, apiServerIdleCores, apiServerStartCores };
    return { side, workloads: size, ...seconds, cores, ...ofApiServer, rssBytes };
  } finally {
    await running?.stop();
    await load.stop();
    await site.stop();
  }
}

async function secondsToPatch(
  { controlPlane, members }: FleetSite,
  load: ShopLoad,
  { user }: RunningSide,
): Promise<Pick<Reaction, 'patched' | 'secondsToPatch'>> {
  const steppedMs = Date.now();
  load.step();
  let firsts = new Map<string, number>();
  while (firsts.size < members.length && Date.now() < steppedMs + PATCHED_WITHIN_SECONDS * 1000) {
    await sleep(1000);
    const writes = scaleWrites(controlPlane).filter((one) => user.test(one.user.split(':').at(-1)!));
    firsts = firstAfter(writes, steppedMs);
  }
  const seconds = [...firsts.values()].map((atMs) => (atMs - steppedMs) / 1000).sort((a, b) => a - b);
  const at = (ratio: number): number => seconds[Math.ceil(ratio * seconds.length) - 1] ?? NaN;
  return { patched: seconds.length, secondsToPatch: { p50: at(0.5), p99: at(0.99), most: at(1) } };
}

function firstAfter(writes: readonly ScaleWritten[], fromMs: number): Map<string, number> {
  const firsts = new Map<string, number>();
  for (const { target, atMs } of writes) if (atMs >= fromMs && !firsts.has(target)) firsts.set(target, atMs);
  return firsts;
}

async function coresOver(seconds: number, pids: readonly number[]): Promise<readonly number[]> {
  const before = await Promise.all(pids.map(cpuSeconds));
  await sleep(seconds * 1000);
  const after = await Promise.all(pids.map(cpuSeconds));
  return after.map((one, index) => (one - before[index]) / seconds);
}

function textOf(reaction: Reaction): string {
  const { side, workloads, patched, secondsToPatch: to, cores, rssBytes } = reaction;
  const { apiServerCores, apiServerIdleCores } = reaction;
  return [
    `${side}, ${workloads} workloads: ${patched} patched after p50 ${to.p50.toFixed(1)} s, p99 ${to.p99.toFixed(1)} s, at most ${to.most.toFixed(1)} s`,
    `${cores.toFixed(3)} cores, ${Math.round(rssBytes / 1e6)} MB; API server ${apiServerCores.toFixed(3)} cores, idle ${apiServerIdleCores.toFixed(3)}`,
  ].join('; ');
}
