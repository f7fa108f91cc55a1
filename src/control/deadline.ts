import { setMaxListeners } from 'node:events';
import { MS_PER_SECOND } from '../domain/clock.ts';

/** A signal that is aborted when the time is up or the parent is aborted, whichever comes first. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Must be called when the work is done: frees the timer and the parent's listener. */
  clear(): void;
}

/**
 * `seconds` of real time (Infinity: only with its parent), whatever clock the loop follows: a hung connection hangs in real time.
 * (AbortSignal.any is not used: on a parent that lives as long as the process each call would leave something behind.)
 */
export function startDeadline(seconds: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  // As many waits listen at a time as there are workloads; each lets go when it ends.
  setMaxListeners(0, controller.signal);
  const follow = (): void => controller.abort(parent.reason);
  const expire = (): void => controller.abort(new Error(`no answer within ${seconds} s`));
  if (parent.aborted) follow();
  parent.addEventListener('abort', follow, { once: true });
  const timer = seconds === Infinity ? undefined : setTimeout(expire, seconds * MS_PER_SECOND);
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener('abort', follow);
    },
  };
}

/**
 * The promise's value, or `late()` as soon as the signal is aborted: for work that should heed its signal and might
 * not. `late` may throw. A rejection counts as late too; the promise itself is left to end by itself, unheard.
 */
export async function beforeAbort<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (cause: unknown) => T,
): Promise<T> {
  const cutOff = startCutOff(signal);
  try {
    return await beforeCutOff(work, cutOff, late);
  } finally {
    cutOff.clear();
  }
}

/** `beforeAbort` for work that has `seconds` at most, and is given the signal that says when they are over. */
export async function withinDeadline<T>(
  { seconds, parent }: { readonly seconds: number; readonly parent: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
  late: (cause: unknown) => T,
): Promise<T> {
  const deadline = startDeadline(seconds, parent);
  try {
    return await beforeAbort(work(deadline.signal), deadline.signal, late);
  } finally {
    deadline.clear();
  }
}

/** A signal that many waits share: each listener of its own is looked for among all the others when it is added. */
export interface CutOff {
  readonly signal: AbortSignal;
  readonly aborted: Promise<void>;
  /** Must be called when the last wait is over. */
  clear(): void;
}

export function startCutOff(signal: AbortSignal): CutOff {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return { signal, aborted, clear: () => signal.removeEventListener('abort', onAbort) };
}

/** As `beforeAbort`, for one of many. */
export async function beforeCutOff<T>(
  work: Promise<T>,
  { signal, aborted }: CutOff,
  late: (cause: unknown) => T,
): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return late(signal.reason);
  }
  return Promise.race([work.catch(late), aborted.then(() => late(signal.reason))]);
}
