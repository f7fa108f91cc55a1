/**
 * From now on the process ends where standard output cannot be written, quietly where its reader has gone (`| head`: it
 * has seen what it wanted), with a message and exit code 1 where it has not (a full disk). A command that has more to end
 * than itself says how by `whenReaderGone`.
 */
export function endWithReader(name: string): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (process.stdout.listenerCount('error') > 1) return;
    if (code !== 'EPIPE') process.stderr.write(`${name}: standard output: ${message}\n`);
    process.exit(code === 'EPIPE' ? 0 : 1);
  });
}

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
