import { readFile } from 'node:fs/promises';
import { isStop } from '../../safety/write-switch.ts';

/** A file that stops all writes while it is there: the switch that needs no API server. */
export interface StopFile {
  /** Looks again. A file that is there and cannot be read leaves what was known, and is told. Never throws. */
  look(): Promise<void>;
  stoppedBecause(): string | undefined;
}

/** Whatever is in it, but `false`, stops: also nothing at all, as `touch` leaves it. */
export function keepStopFile(path: string, onFault: (message: string) => void): StopFile {
  let stopped: string | undefined;
  return {
    stoppedBecause: () => stopped,
    async look() {
      try {
        const text = (await readFile(path, 'utf8')).trim();
        const isStopped = text === '' || isStop(text);
        stopped = isStopped ? `file ${path} is there${text === '' ? '' : `: ${text}`}` : undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') stopped = undefined;
        else onFault(`--stop-file: ${(error as Error).message}; what was known of it stays`);
      }
    },
  };
}
