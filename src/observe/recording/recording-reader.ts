import type { ReadTables } from './grid-from-tables.ts';

/** Takes a file's bytes in order, in chunks of any size. Throws `invalidInput` where they are not what they should be. */
export interface RecordingReader {
  push(chunk: Uint8Array): void;
  end(): ReadTables;
}
