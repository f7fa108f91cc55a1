import { stat } from 'node:fs/promises';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { NetworkOrReason } from '../forecast/create-models.ts';
import type { Challenger } from '../forecast/models/lstm/lstm.ts';
import { loadChallenger } from './with-challenger.ts';

/** Told of what has become of a challenger's file, once for each change of it. */
export interface ChallengerEar {
  readonly onTaken: (challenger: Challenger) => void;
  /** The champion serves alone. */
  readonly onGone: () => void;
  /** It cannot be served: the one before, if any, goes on. */
  readonly onRefused: (message: string) => void;
}

export interface KeptChallenger {
  /** Its `challenger` is that of the newest look. */
  readonly network: NetworkOrReason;
  /** To be called often, with a time that never steps: where minutes have passed the file is looked at. Never rejects. */
  look(monotonicMs: number): Promise<void>;
}

/** A challenger is trained over hours, and proves itself over days. */
const LOOK_EVERY_SECONDS = 300;
const GONE = 'gone';

/**
 * The network with the challenger of `file`, which another may take the place of while it is served: whoever trains puts
 * it there by a rename (write-artefact.ts). One that is copied there piece by piece is refused until it is whole.
 */
export function keepChallenger(
  network: NetworkOrReason,
  file: string | undefined,
  { onTaken, onGone, onRefused }: ChallengerEar,
): KeptChallenger {
  if (file === undefined || 'missing' in network) return { network, look: () => Promise.resolve() };
  let challenger: Challenger | undefined;
  let seen: string | undefined;
  let lookedAtMs = -Infinity;

  const takeChanged = async (): Promise<void> => {
    const found = await markOf(file);
    if (found === seen) return;
    seen = found;
    if (found === GONE) {
      challenger = undefined;
      return onGone();
    }
    try {
      challenger = await loadChallenger(file);
      onTaken(challenger);
    } catch (error) {
      onRefused(error instanceof Error ? error.message : String(error));
    }
  };

  return {
    network: {
      ...network,
      get challenger() {
        return challenger;
      },
    },
    async look(monotonicMs) {
      if (monotonicMs - lookedAtMs < LOOK_EVERY_SECONDS * MS_PER_SECOND) return;
      lookedAtMs = monotonicMs;
      await takeChanged();
    },
  };
}

/** Another file, or another content, has another one. */
async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return GONE;
  }
}
