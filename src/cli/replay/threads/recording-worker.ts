/** A thread that replays one recording and tells it as text. */
import { parentPort, workerData } from 'node:worker_threads';
import { PrescaleError, type ErrorCode } from '../../../domain/errors.ts';
import { replayed, type ReplayedText } from '../replayed-text.ts';
import type { Replaying } from '../replay-recording.ts';

export interface RecordingOrder {
  readonly file: string;
  readonly replaying: Replaying;
}

/** An error loses its class on the way from thread to thread. */
export type RecordingAnswer =
  | { readonly kind: 'replayed'; readonly replayed: ReplayedText }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

async function answer({ file, replaying }: RecordingOrder): Promise<RecordingAnswer> {
  try {
    return { kind: 'replayed', replayed: await replayed(file, replaying, 0) };
  } catch (error) {
    if (error instanceof PrescaleError) return { kind: 'refused', code: error.code, message: error.message };
    throw error;
  }
}

parentPort?.postMessage(await answer(workerData as RecordingOrder));
