import { existsSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { once } from 'node:events';

const MODULE = new URL('../../../../src/infer/beside/step-behind.ts', import.meta.url).href;

/** Nobody goes after who is last already. */
const IS_LAST = getPriority() >= constants.priority.PRIORITY_LOW;

test.skipIf(IS_LAST || !existsSync('/proc/thread-self'))(
  'the thread that steps behind goes after the others, and they stay as they are',
  async () => {
    const code = `
      import('tsx/esm/api').then(({ register }) => register())
        .then(() => import(${JSON.stringify(MODULE)}))
        .then(({ stepBehind }) => {
          stepBehind();
          const thread = Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1));
          require('node:worker_threads').parentPort.postMessage(require('node:os').getPriority(thread));
        });`;
    const before = getPriority();
    const worker = new Worker(code, { eval: true });
    const [priority] = (await once(worker, 'message')) as [number];
    await worker.terminate();
    expect(priority).toBeGreaterThan(before);
    expect(getPriority()).toBe(before);
  },
);
