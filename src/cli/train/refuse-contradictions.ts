import { type Contradiction, refuse, TWO_PLACES_OF_POLICIES } from '../contradictions.ts';
import { isByClass, type TrainFlags } from './train-flags.ts';

const CONTRADICTIONS: readonly Contradiction<TrainFlags>[] = [
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
  TWO_PLACES_OF_POLICIES,
];

/** Throws `usage` for the first contradiction. */
export function refuseContradictions(flags: TrainFlags): void {
  refuse(flags, CONTRADICTIONS);
}
