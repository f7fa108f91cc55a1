/** Several recordings at a time, a thread for each: what is told of one does not depend on the others. */
import { Worker } from 'node:worker_threads';
import { PrescaleError } from '../../../domain/errors.ts';
import type { Replaying } from '../replay-recording.ts';
import { replayed, type ReplayedText } from '../replayed-text.ts';
import type { RecordingAnswer, RecordingOrder } from './recording-worker.ts';
import { workerFile } from './worker-file.ts';

/** In the order of the files, each as soon as it and those before it are done. */
export async function* replayedByThreads(
  files: readonly string[],
  replaying: Replaying,
  threads: number,
): AsyncGenerator<ReplayedText> {
  const module = workerFile('recording-worker', import.meta.url);
  if (module === undefined || threads < 2) {
    for (const file of files) yield await replayed(file, replaying, 0);
    return;
  }
  const begun: Begun[] = [];
  try {
    for (let next = 0; next < files.length; next += 1) {
      while (begun.length < Math.min(files.length, next + threads))
        begun.push(begin(module, { file: files[begun.length], replaying }));
      yield textOf(await begun[next].answer);
    }
  } finally {
    await Promise.all(begun.map(({ worker }) => worker.terminate()));
  }
}

interface Begun {
  readonly worker: Worker;
  readonly answer: Promise<RecordingAnswer>;
}

function begin(module: URL, order: RecordingOrder): Begun {
  const worker = new Worker(module, { workerData: order });
  const answer = new Promise<RecordingAnswer>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error(`the thread of ${order.file} ended without an answer`)));
  });
  // Awaited in turn: until then a failure is nobody's surprise.
  answer.catch(() => undefined);
  return { worker, answer };
}

function textOf(answer: RecordingAnswer): ReplayedText {
  if (answer.kind === 'replayed') return answer.replayed;
  throw new PrescaleError(answer.code, answer.message);
}
