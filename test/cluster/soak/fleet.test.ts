/**
 * Two controllers under one fault after the other for PRESCALE_SOAK_MINUTES, in an order of PRESCALE_SOAK_SEED: was each
 * write right, did each controller live on, how long until what was disturbed was mended, and does memory grow? Part of
 * `npm run soak:fleet`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import {
  byThread,
  levelsText,
  readHeapSamples,
  slopeText,
  whatIsKept,
  type HeapSample,
} from '../../soak/heap-slope.ts';
import { heapGrowth, isGrowing, type HeapGrowth } from '../../soak/judge-heap.ts';
import { until } from '../harness/client.ts';
import { between, inRandomOrder, type Fault } from './faults.ts';
import { leadersOf, openSite, USERS, WORKLOADS, type Site } from './site.ts';
import { soakTable, type SoakRow } from './soak-table.ts';

const MINUTES = Number(process.env['PRESCALE_SOAK_MINUTES'] ?? 0);
const SEED = Number(process.env['PRESCALE_SOAK_SEED'] ?? 1);
const MS_PER_MINUTE = 60_000;
/** Below it kills may leave no life that is long enough to judge. */
const JUDGED_FROM_MINUTES = 60;
/** Every disturbance is to be mended so many seconds after the fault has ended. */
const MOST_RECOVERY_SECONDS = 60;
/**
 * Machine code is 7 MB after an hour; made early (`--interrupt-budget=8000`) 7.8 at minute 24 and 8.2 at minute 36; made of
 * whatever runs at once (`--always-turbofan`), which nothing can exceed but what has not run yet, 16.3 MB at minute 3 and
 * 16.6 at minute 10.
 */
const MOST_CODE_BYTES = 10_000_000;

describe.skipIf(MINUTES === 0)('a soak (skipped without PRESCALE_SOAK_MINUTES)', () => {
  test(
    `${MINUTES} minutes of random faults`,
    async () => {
      const site = await openSite(Math.ceil(MINUTES / 60));
      try {
        const rows = await soak(site);
        const heaps = await heapsOf(site);
        console.log(soakTable(rows));
        for (const heap of heaps) console.log(heapText(heap));
        expect(rows.flatMap(({ problems }) => problems)).toEqual([]);
        if (MINUTES < JUDGED_FROM_MINUTES) return;
        for (const { whose, growth } of heaps) expect(growth.slope, whose).toBeDefined();
        expect(heaps.filter(({ growth }) => isGrowing(growth)).map(heapText)).toEqual([]);
        for (const { codeBytes } of heaps.flatMap(({ samples }) => samples))
          expect(codeBytes).toBeLessThan(MOST_CODE_BYTES);
      } finally {
        await site.close();
      }
    },
    (MINUTES + 15) * MS_PER_MINUTE,
  );
});

/** What is alive on a heap of the controllers, in all their lives: they run the same program. */
interface Heap {
  readonly whose: string;
  readonly samples: readonly HeapSample[];
  readonly growth: HeapGrowth;
}

/**
 * Both controllers' lives together. By itself one that was killed often says too little: of three lives with 18 samples
 * behind their warm-up, which kept 43.6 to 44.1 MB all the time, the slope was 1.71 MB an hour (.47 to 2.96).
 */
async function heapsOf(site: Site): Promise<readonly Heap[]> {
  const samples = await Promise.all(USERS.map((user) => readHeapSamples(site.heapFile(user))));
  return Object.entries(byThread(samples.flat())).map(([whose, lives]) => ({
    whose,
    samples: lives,
    growth: heapGrowth(lives),
  }));
}

function heapText({ whose, samples, growth: { slope, riseBytes = NaN } }: Heap): string {
  return [
    `heap of the ${whose}, what is kept: ${slopeText(slope)}`,
    `all but machine code at most ${(riseBytes / 1e6).toFixed(2)} MB higher at the end of a life than after its warm-up`,
    `MB every 10 minutes: ${levelsText(samples)}`,
    `of it kept: ${levelsText(whatIsKept(samples))}`,
    `machine code: ${levelsText(samples, ({ codeBytes }) => codeBytes)}`,
  ].join('; ');
}

async function soak(site: Site): Promise<readonly SoakRow[]> {
  const random = createRandom(SEED);
  const rows: SoakRow[] = [];
  const endMs = Date.now() + MINUTES * MS_PER_MINUTE;
  for (const fault of inRandomOrder(random)) {
    const row = await suffer(site, fault, random);
    rows.push(row);
    console.log(new Date().toISOString(), JSON.stringify(row));
    if (Date.now() > endMs) break;
    await sleep(between([2, 10], random) * 1000);
  }
  return rows;
}

async function suffer(site: Site, fault: Fault, random: Random): Promise<SoakRow> {
  const { shop } = site;
  const workload = WORKLOADS[Math.floor(random() * WORKLOADS.length)];
  const beganMs = Date.now();
  const end = await fault.begin(site);
  // While it lasts, somebody takes replicas away; where nobody can, then as soon as one can again.
  const disturbed = shop.disturb(workload).catch(() => undefined);
  await sleep(between(fault.heldSeconds, random) * 1000);
  await end();
  const endedMs = Date.now();
  const writes = shop.writesSince(beganMs).length;
  await disturbed;
  const problems: string[] = [];
  const note = (error: unknown): void => void problems.push(`${fault.name}: ${(error as Error).message}`);
  await shop
    .disturb(workload)
    .then(() => shop.mended(workload, 5 * MOST_RECOVERY_SECONDS))
    .catch(note);
  const recoveredSeconds = (Date.now() - endedMs) / 1000;
  if (recoveredSeconds > MOST_RECOVERY_SECONDS)
    problems.push(`${fault.name}: mended after ${recoveredSeconds} s`);
  for (const [user, { process }] of site.controllers)
    if (process.hasEnded()) {
      problems.push(`${fault.name}: ${user} has ended: ${process.logTail()}`);
      await site.start(user);
    }
  await until('one leads', async () => (await leadersOf(site.controllers)).length === 1, 120).catch(note);
  try {
    shop.expectRightWrites(beganMs);
  } catch (error) {
    note(error);
  }
  if (problems.length > 0) problems.push(`decisions until then: ${await site.keepDecisions()}`);
  return { fault: fault.name, heldSeconds: (endedMs - beganMs) / 1000, recoveredSeconds, writes, problems };
}
