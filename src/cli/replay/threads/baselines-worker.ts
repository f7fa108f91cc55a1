/** A thread that plays the baselines, which need no forecast. */
import { parentPort, workerData } from 'node:worker_threads';
import { playBaselines, type PlayedBaselines } from '../../../replay/rivals.ts';
import type { FamilyName } from '../../../replay/families.ts';
import { worldOf, type PlainWorld } from './plain-world.ts';

export interface BaselinesOrder {
  readonly world: PlainWorld;
  readonly families: readonly FamilyName[];
}

/** The share that is done, now and then, and at last the answer. */
export type BaselinesMessage =
  | { readonly kind: 'progress'; readonly doneRatio: number }
  | { readonly kind: 'played'; readonly played: PlayedBaselines };

const { world, families } = workerData as BaselinesOrder;
let toldPercent = 0;
const onProgress = (doneRatio: number): void => {
  const percent = Math.floor(100 * doneRatio);
  if (percent > toldPercent)
    parentPort?.postMessage({ kind: 'progress', doneRatio } satisfies BaselinesMessage);
  toldPercent = percent;
};
const played = playBaselines(worldOf(world), families, { onProgress });
parentPort?.postMessage({ kind: 'played', played } satisfies BaselinesMessage);
