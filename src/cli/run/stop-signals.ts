/** How long a graceful end may take before the process is ended as it is. */
const GRACE_MS = 5_000;
const FORCED_EXIT_CODE = 1;

export interface StopSignals {
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** For other reasons to end early, such as a reader that has gone. */
  stop(reason: string): void;
  /** Gives the signals back to their default. */
  dispose(): void;
}

/** The first signal ends gracefully, within a bound; a second one ends at once. */
export function stopOnSignals(): StopSignals {
  const controller = new AbortController();
  let forced: NodeJS.Timeout | undefined;
  const stop = (reason: string): void => {
    if (controller.signal.aborted) return;
    controller.abort(new Error(reason));
    forced = setTimeout(() => process.exit(FORCED_EXIT_CODE), GRACE_MS);
    forced.unref();
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(FORCED_EXIT_CODE);
    stop(`stopped by ${name}`);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return {
    signal: controller.signal,
    stop,
    dispose() {
      clearTimeout(forced);
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    },
  };
}
