/**
 * Loaded before the controller (`node --expose-gc --import`): what is alive on its heap, as a line of JSON in
 * PRESCALE_HEAP_FILE every PRESCALE_HEAP_SECONDS, of each thread by itself. All garbage is collected first, so that growth is growth.
 */
import { appendFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setInterval } from 'node:timers';
import { getHeapCodeStatistics } from 'node:v8';
import { threadId } from 'node:worker_threads';

const seconds = Number(process.env.PRESCALE_HEAP_SECONDS);

setInterval(() => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const line = {
    atMs: Math.round(performance.now()),
    pid: process.pid,
    threadId,
    heapBytes: heapUsed + external,
    codeBytes: getHeapCodeStatistics().code_and_metadata_size,
    rssBytes: rss,
  };
  appendFileSync(process.env.PRESCALE_HEAP_FILE, `${JSON.stringify(line)}\n`);
}, seconds * 1000).unref();
