const FAILED = 1;

/**
 * The first process of a container does not end at SIGTERM unless it says so. What is written is written beside and
 * renamed: to end at once leaves the checkpoint of the newest epoch. Answers what gives the signals back.
 */
export function endOnSignals(): () => void {
  const onSignal = (name: NodeJS.Signals): void => {
    process.stderr.write(`\nprescale: ended by ${name}; --resume goes on from the newest epoch\n`);
    process.exit(FAILED);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
}
