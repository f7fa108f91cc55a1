/** The embedded recording as text and as the bytes of its file. A function of the seed alone. */
import { gzipSync } from 'node:zlib';
import { createRandom } from '../../src/domain/random.ts';
import { mmcMeanQueueLength, mmcQueue } from '../../src/size/mmc.ts';
import { drawArrivalCounts } from './arrivals.ts';
import { playShop } from './play-shop.ts';
import type { QueueInput } from './queue.ts';
import { COLUMNS, recordingLines } from './recording-rows.ts';
import { SEED } from './scenario.ts';

/** The recording as CSV, a row per recorded minute. */
export function webShopCsv(seed: number = SEED): string {
  const arrivalCounts = drawArrivalCounts(createRandom(seed));
  const minutes = playShop(arrivalCounts, createRandom(seed + 1), waitingAtRest);
  const lines = recordingLines(minutes, createRandom(seed + 2));
  return [COLUMNS.join(','), ...lines, ''].join('\n');
}

/** Requests waiting in M/M/c at rest; Infinity where there is no rest. */
function waitingAtRest({ arrivalRateRps, serviceRateRps, servers }: QueueInput): number {
  const queue = mmcQueue(arrivalRateRps, serviceRateRps, servers);
  return queue === undefined ? Infinity : mmcMeanQueueLength(queue);
}

/** The bytes of the recording's file: no time, no name, no operating system in the gzip header. */
export function gzipRepeatably(text: string): Buffer {
  const bytes = gzipSync(text, { level: 9 });
  const OPERATING_SYSTEM_OFFSET = 9;
  const UNKNOWN_SYSTEM = 255;
  bytes[OPERATING_SYSTEM_OFFSET] = UNKNOWN_SYSTEM;
  return bytes;
}
