/**
 * Stores for the decision history side by side: `npm run build && npx tsx test/bench/history/main.ts [TICKS] [MODULES]`.
 * MODULES is a directory in which `npm install classic-level lmdb` was run; what is not there is left out. node:sqlite
 * takes part where this Node has it. 200 workloads, one batch a tick, decisions as the controller makes them.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { classicLevel, lmdb, segments, sqlite, type Candidate } from './candidates.ts';
import { demoDecisions, fleetTick } from './recorded-decisions.ts';

const WORKLOADS = 200;
const TICKS_OF_30_DAYS = (30 * 86_400) / 15;
const ticks = Number(process.argv[2] ?? 240);
const modules = resolve(process.argv[3] ?? 'node_modules');
const decisions = await demoDecisions(2);

const CANDIDATES: Readonly<Record<string, (directory: string) => Candidate | Promise<Candidate>>> = {
  segments: (directory) => segments(directory),
  'classic-level': (directory) => classicLevel(directory, modules),
  lmdb: (directory) => lmdb(directory, modules),
  'node:sqlite': (directory) => sqlite(directory),
};

console.log(`${WORKLOADS} workloads, ${ticks} ticks, Node ${process.version}`);
console.log('store           appended/s  CPU µs each  bytes each  30 days  settled s  page of 50 ms');
for (const [name, create] of Object.entries(CANDIDATES)) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-history-'));
  try {
    console.log(name.padEnd(14), await measured(await create(directory), directory));
  } catch (error) {
    console.log(name.padEnd(14), `left out: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measured(store: Candidate, directory: string): Promise<string> {
  const [wallMs, cpu] = [performance.now(), process.cpuUsage()];
  let appendMs = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const batch = fleetTick(decisions, WORKLOADS, tick);
    const began = performance.now();
    await store.append(batch);
    appendMs += performance.now() - began;
  }
  const appendedMs = performance.now() - wallMs;
  await settled(directory);
  const settledSeconds = (performance.now() - wallMs - appendedMs) / 1000;
  const used = process.cpuUsage(cpu);
  const pageMs = await pageTime(store);
  const count = ticks * WORKLOADS;
  await store.close();
  const bytes = sizeOf(directory) / count;
  return [
    Math.round((count / appendMs) * 1000)
      .toLocaleString('en-US')
      .padStart(11),
    ((used.user + used.system) / count).toFixed(0).padStart(12),
    bytes.toFixed(0).padStart(11),
    `${((bytes * WORKLOADS * TICKS_OF_30_DAYS) / 1e9).toFixed(1)} GB`.padStart(8),
    settledSeconds.toFixed(1).padStart(10),
    pageMs.toFixed(1).padStart(14),
  ].join(' ');
}

/** Until what the store does behind the appends has ended. */
async function settled(directory: string): Promise<void> {
  for (let before = -1; before !== sizeOf(directory);) {
    before = sizeOf(directory);
    await sleep(1500);
  }
}

async function pageTime(store: Candidate): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 40; i += 1) {
    const began = performance.now();
    if ((await store.readPage({ namespace: 'shop', name: `service-${i}` })) !== 50)
      throw new Error('not all there');
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[20];
}

function sizeOf(directory: string): number {
  return readdirSync(directory).reduce(
    (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
