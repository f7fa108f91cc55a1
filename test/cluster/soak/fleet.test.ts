/**
 * Two controllers under one fault after the other for PRESCALE_SOAK_MINUTES, in an order of PRESCALE_SOAK_SEED: was each
 * write right, did each controller live on, how long until what was disturbed was mended, and does memory grow? Part of
 * `npm run soak:fleet`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import {
  heapSlope,
  levelsText,
  readHeapSamples,
  slopeText,
  type HeapSample,
  type Slope,
} from '../../soak/heap-slope.ts';
import { until } from '../harness/client.ts';
import { between, inRandomOrder, type Fault } from './faults.ts';
import { leadersOf, openSite, USERS, WORKLOADS, type Site } from './site.ts';
import { soakTable, type SoakRow } from './soak-table.ts';

const MINUTES = Number(process.env['PRESCALE_SOAK_MINUTES'] ?? 0);
const SEED = Number(process.env['PRESCALE_SOAK_SEED'] ?? 1);
const MS_PER_MINUTE = 60_000;
/**
 * Of each life. In eleven minutes every fault has been met once, by who led then: until both have met them code is
 * compiled that has not run before, and what is kept by number fills. 64 MB at first, 65 to 66 after 20 minutes, and
 * the same 20 minutes later: the levels are printed, and what comes after is judged.
 */
const WARM_UP_MS = 20 * MS_PER_MINUTE;
/** Below it kills may leave no life that is long enough to judge. */
const JUDGED_FROM_MINUTES = 60;
/** Every disturbance is to be mended so many seconds after the fault has ended. */
const MOST_RECOVERY_SECONDS = 60;
/** What is growth: so much an hour, for sure. */
const GROWTH_BYTES_PER_HOUR = 500_000;

describe.skipIf(MINUTES === 0)('a soak (skipped without PRESCALE_SOAK_MINUTES)', () => {
  test(
    `${MINUTES} minutes of random faults`,
    async () => {
      const site = await openSite(Math.ceil(MINUTES / 60));
      try {
        const rows = await soak(site);
        const heaps = await Promise.all(USERS.map((user) => readHeapSamples(site.heapFile(user))));
        const slopes = heaps.map((samples) => heapSlope(samples, { warmUpMs: WARM_UP_MS }));
        console.log(soakTable(rows));
        heaps.forEach((samples, index) => console.log(heapText(USERS[index], samples, slopes[index])));
        expect(rows.flatMap(({ problems }) => problems)).toEqual([]);
        if (MINUTES < JUDGED_FROM_MINUTES) return;
        for (const slope of slopes) expect(slope?.lowBytesPerHour).toBeLessThan(GROWTH_BYTES_PER_HOUR);
      } finally {
        await site.close();
      }
    },
    (MINUTES + 15) * MS_PER_MINUTE,
  );
});

function heapText(user: string, samples: readonly HeapSample[], slope: Slope | undefined): string {
  return `heap of ${user}: ${slopeText(slope)}; MB every 10 minutes: ${levelsText(samples)}`;
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
  return { fault: fault.name, heldSeconds: (endedMs - beganMs) / 1000, recoveredSeconds, writes, problems };
}
