/** The baselines, played by a thread of their own while this one plays the controller. */
import { Worker } from 'node:worker_threads';
import type { FamilyName } from '../../../replay/families.ts';
import type { ReplayWorld } from '../../../replay/play.ts';
import type { PlayedBaselines } from '../../../replay/rivals.ts';
import type { BaselinesMessage, BaselinesOrder } from './baselines-worker.ts';
import { plainWorld } from './plain-world.ts';

export interface BaselinesBeside {
  /** `onProgress` is told from now on how much is done. */
  readonly played: (onProgress: (doneRatio: number) => void) => Promise<PlayedBaselines>;
  /** The answer is not wanted any more. */
  readonly end: () => Promise<unknown>;
}

/** Begins at once. */
export function beginBaselines(
  file: URL,
  world: ReplayWorld,
  families: readonly FamilyName[],
): BaselinesBeside {
  const worker = new Worker(file, {
    workerData: { world: plainWorld(world), families } satisfies BaselinesOrder,
  });
  let tell: (doneRatio: number) => void = () => undefined;
  const answer = new Promise<PlayedBaselines>((resolve, reject) => {
    worker.on('message', (message: BaselinesMessage) => {
      if (message.kind === 'played') resolve(message.played);
      else tell(message.doneRatio);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread of the baselines ended without an answer')));
  });
  // Awaited later: until then a failure is nobody's surprise.
  answer.catch(() => undefined);
  return {
    played: (onProgress) => {
      tell = onProgress;
      return answer;
    },
    end: () => worker.terminate(),
  };
}
