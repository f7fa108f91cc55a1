/**
 * Calls `stop` where whoever reads standard output has gone; returns what ends that. What was written before and fails
 * after it is nobody's loss: it must not end the process with a stack trace.
 */
export function whenReaderGone(stop: () => void): () => void {
  process.stdout.on('error', stop);
  return () => {
    if (!process.stdout.listeners('error').includes(ignored)) process.stdout.on('error', ignored);
    process.stdout.off('error', stop);
  };
}

function ignored(): void {}
