import { setMaxListeners } from 'node:events';
import { MS_PER_SECOND } from '../domain/clock.ts';

export interface CallDeadline {
  /** Aborted when the time is up or with the parent; its reason is an Error that says which. */
  readonly signal: AbortSignal;
  leftSeconds(): number;
  /** The time no longer counts, the parent still does: for a stream that has begun. */
  stopTimer(): void;
  isStopped(): boolean;
  /** Must be called when the call is over: a parent that lives as long as the process must not collect listeners. */
  clear(): void;
}

/** A signal for one call: `seconds` of real time, whatever clock decisions follow. */
export function callDeadline(seconds: number, parent: AbortSignal): CallDeadline {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const endsAtMs = performance.now() + seconds * MS_PER_SECOND;
  const expire = (): void => controller.abort(new Error(`no answer of the API server within ${seconds} s`));
  const follow = (): void => controller.abort(new Error('the call was given up'));
  const timer = setTimeout(expire, seconds * MS_PER_SECOND);
  parent.addEventListener('abort', follow, { once: true });
  if (parent.aborted) follow();
  let stopped = false;
  return {
    signal: controller.signal,
    leftSeconds: () => (endsAtMs - performance.now()) / MS_PER_SECOND,
    stopTimer() {
      stopped = true;
      clearTimeout(timer);
    },
    isStopped: () => stopped,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener('abort', follow);
    },
  };
}
