/**
 * Loaded before the controller (`node --expose-gc --import`): what is alive on its heap, as a line of JSON in
 * PRESCALE_HEAP_FILE every PRESCALE_HEAP_SECONDS, of each thread by itself. All garbage is collected first, so that growth is
 * growth. Every PRESCALE_CENSUS_EACH-th line, if that is given, tells too what of it is the program's own: the thread
 * stands still for that (1.5 s where 40 MB are alive), and another process counts.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout } from 'node:timers';
import { getHeapCodeStatistics, writeHeapSnapshot } from 'node:v8';
import { threadId } from 'node:worker_threads';

const { PRESCALE_HEAP_FILE: heapFile, PRESCALE_HEAP_SECONDS, PRESCALE_CENSUS_EACH } = process.env;
const CENSUS = join(import.meta.dirname, 'heap-census.js');
let taken = 0;

function look() {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const line = JSON.stringify({
    atMs: Math.round(performance.now()),
    pid: process.pid,
    threadId,
    heapBytes: heapUsed + external,
    codeBytes: getHeapCodeStatistics().code_and_metadata_size,
    rssBytes: rss,
  });
  taken += 1;
  if (taken % Number(PRESCALE_CENSUS_EACH ?? Infinity) === 0) {
    const snapshot = writeHeapSnapshot(`${heapFile}-${process.pid}-${threadId}-${taken}`);
    spawn(process.execPath, [CENSUS, snapshot, heapFile, line], { stdio: 'ignore' }).unref();
  } else appendFileSync(heapFile, `${line}\n`);
  lookLater();
}

/** Counted from the end of the last look: however long they take, the program runs in between. */
function lookLater() {
  setTimeout(look, PRESCALE_HEAP_SECONDS * 1000).unref();
}

lookLater();
