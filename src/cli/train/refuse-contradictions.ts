import { PrescaleError } from '../../domain/errors.ts';
import { isByClass, type TrainFlags } from './train-flags.ts';

interface Contradiction {
  readonly holds: (flags: TrainFlags) => boolean;
  readonly message: string;
}

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    holds: (flags) => isByClass(flags) && (flags.seriesDir === undefined || flags.recording !== undefined),
    message:
      '--by-class, --class, --share: got recordings or no --series-dir, allowed: histories that a controller keeps, whose policies name their classes',
  },
  {
    holds: (flags) => isByClass(flags) && flags.from === undefined,
    message: '--by-class, --class, --share: got no --from, allowed: with a network to fine-tune',
  },
  {
    holds: ({ recording = [], seriesDir }) => recording.length === 0 && seriesDir === undefined,
    message:
      '--recording, --series-dir: got neither, allowed: recordings, or the histories that a controller keeps',
  },
  ...(['policy', 'namespace', 'kubeconfig'] as const).map((flag) => ({
    holds: (flags: TrainFlags) => flags.seriesDir === undefined && flags[flag] !== undefined,
    message: `--${flag}: got no --series-dir, allowed: only with it`,
  })),
];

/** Throws `usage` for the first contradiction. */
export function refuseContradictions(flags: TrainFlags): void {
  const found = CONTRADICTIONS.find(({ holds }) => holds(flags));
  if (found !== undefined) throw new PrescaleError('usage', found.message);
}
