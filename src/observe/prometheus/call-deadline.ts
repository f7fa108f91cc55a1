import { setMaxListeners } from 'node:events';
import { MS_PER_SECOND } from '../../domain/clock.ts';

/** Why a call ended without an answer. */
export type CallEnd = 'timeout' | 'cancelled';

export interface CallDeadline {
  /** Aborted with a CallEnd as its reason. */
  readonly signal: AbortSignal;
  /** Must be called when the call is over. */
  clear(): void;
}

/** A signal that is aborted after `seconds` or with `parent`, whichever is first, and leaves nothing behind. */
export function startCallDeadline(seconds: number, parent: AbortSignal): CallDeadline {
  const controller = new AbortController();
  const end = (reason: CallEnd) => controller.abort(reason);
  const timer = setTimeout(() => end('timeout'), seconds * MS_PER_SECOND);
  const cancel = () => end('cancelled');
  parent.addEventListener('abort', cancel, { once: true });
  if (parent.aborted) cancel();
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener('abort', cancel);
    },
  };
}

/** One signal for all calls of a batch: a caller's own signal is listened to once, however many calls there are. */
export function startBatch(parent: AbortSignal): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  // As many listeners as calls run at a time; Node takes more than ten for a leak otherwise.
  setMaxListeners(0, controller.signal);
  const cancel = () => controller.abort();
  parent.addEventListener('abort', cancel, { once: true });
  if (parent.aborted) cancel();
  return { signal: controller.signal, clear: () => parent.removeEventListener('abort', cancel) };
}
