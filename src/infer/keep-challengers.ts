import { stat } from 'node:fs/promises';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { NetworkOrReason } from '../forecast/create-models.ts';
import type { Challenger } from '../forecast/models/lstm/lstm.ts';
import { challengerFiles, EVERY_CLASS } from './challenger-files.ts';
import { loadChallenger } from './load-challenger.ts';

/** Told of what has become of a challenger's file, once for each change of it. `file` names the class where there are several. */
export interface ChallengerEar {
  readonly onTaken: (challenger: Challenger, file: string) => void;
  /** The champion serves alone: the file is gone, or at the first look there was none. */
  readonly onGone: (file: string) => void;
  /** It cannot be served: the one before, if any, goes on. */
  readonly onRefused: (message: string) => void;
}

export interface KeptChallengers {
  /** Its challengers are those of the newest look. */
  readonly network: NetworkOrReason;
  /** To be called often, with a time that never steps: where minutes have passed the files are looked at. Rejects with what the ear throws. */
  look(monotonicMs: number): Promise<void>;
}

/** A challenger is trained over hours, and proves itself over days. */
const LOOK_EVERY_SECONDS = 300;
const GONE = 'gone';

interface Kept {
  readonly file: string;
  /** Of what was looked at last. */
  readonly mark: string;
  readonly challenger: Challenger | undefined;
}

/**
 * The network with the challenger of `path`, which another may take the place of while it is served: whoever trains puts
 * it there by a rename (write-artefact.ts). One that is copied there piece by piece is refused until it is whole. Where
 * `path` is a folder, each class of workloads has a challenger of its own in it (challenger-files.ts), or none.
 */
export function keepChallengers(
  network: NetworkOrReason,
  path: string | undefined,
  ear: ChallengerEar,
): KeptChallengers {
  if (path === undefined || 'missing' in network) return { network, look: () => Promise.resolve() };
  const kept = new Map<string, Kept>();
  let lookedAtMs = -Infinity;

  const takeChanged = async (): Promise<void> => {
    const files = await challengerFiles(path);
    for (const [name, { file }] of kept) if (!files.has(name)) await takeOne(kept, name, file, ear);
    for (const [name, file] of files) await takeOne(kept, name, file, ear);
  };

  return {
    network: {
      ...network,
      challengerFor: (workloadClass) => (kept.get(workloadClass) ?? kept.get(EVERY_CLASS))?.challenger,
    },
    async look(monotonicMs) {
      if (monotonicMs - lookedAtMs < LOOK_EVERY_SECONDS * MS_PER_SECOND) return;
      const isFirst = lookedAtMs === -Infinity;
      lookedAtMs = monotonicMs;
      await takeChanged();
      if (isFirst && kept.size === 0) ear.onGone(path);
    },
  };
}

/** Where the file of a class is another one than at the last look. */
async function takeOne(
  kept: Map<string, Kept>,
  name: string,
  file: string,
  ear: ChallengerEar,
): Promise<void> {
  const before = kept.get(name);
  const mark = await markOf(file);
  if (mark === (before?.mark ?? GONE)) return;
  if (mark === GONE) {
    kept.delete(name);
    return ear.onGone(file);
  }
  try {
    const challenger = await loadChallenger(file);
    kept.set(name, { file, mark, challenger });
    ear.onTaken(challenger, file);
  } catch (error) {
    kept.set(name, { file, mark, challenger: before?.challenger });
    ear.onRefused(error instanceof Error ? error.message : String(error));
  }
}

/** Another file, or another content, has another one. */
async function markOf(file: string): Promise<string> {
  try {
    const found = await stat(file);
    return found.isFile() ? `${found.ino} ${found.size} ${found.mtimeMs}` : GONE;
  } catch {
    return GONE;
  }
}
