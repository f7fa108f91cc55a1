import { stat } from 'node:fs/promises';
import { PrescaleError } from '../../domain/errors.ts';
import type { EvaluatedName } from '../../forecast/rolling-origin.ts';
import { type Contradiction, refuse } from '../contradictions.ts';

/** Of the flags, what may be wrong whatever the recordings hold. */
export interface EarlyFlags {
  readonly recording: readonly string[];
  readonly models?: readonly EvaluatedName[];
  readonly forecasts?: string;
  readonly model?: EvaluatedName;
}

const CONTRADICTIONS: readonly Contradiction<EarlyFlags>[] = [
  {
    holds: ({ recording }) => recording.length === 0,
    message: '--recording: got no name, allowed: recordings, or - for standard input',
  },
  {
    holds: ({ models }) => models?.length === 0,
    message: '--models: got no name, allowed: names of models, or leave it out for all of them',
  },
  {
    holds: ({ model, forecasts }) => model !== undefined && forecasts === undefined,
    message: '--model: got no --forecasts, allowed: only with it; --models chooses which are scored',
  },
];

/** Throws `usage` for flags that leave nothing to do, and where the forecasts would be written over a recording. */
export async function refuseEarly(flags: EarlyFlags): Promise<void> {
  refuse(flags, CONTRADICTIONS);
  const { forecasts, recording } = flags;
  if (forecasts === undefined) return;
  const written = await identityOf(forecasts);
  if (written === undefined) return;
  for (const file of recording)
    if ((await identityOf(file)) === written)
      throw new PrescaleError(
        'usage',
        `--forecasts: got ${forecasts}, which is the recording ${file}, allowed: another file`,
      );
}

/** The same for every path that leads to a regular file; undefined where there is none. */
async function identityOf(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? `${found.dev} ${found.ino}` : undefined;
  } catch {
    return undefined;
  }
}
