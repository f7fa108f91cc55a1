import { setImmediate as nextTurn } from 'node:timers/promises';
import { objectKey, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { tellObject, type ObjectNews, type TellDeps } from './tell-object.ts';

/**
 * Says beside the ticks what they have to say: a status and an event of each of thousands take longer than a tick, which
 * would come too late for those that wait for replicas.
 */
export interface Teller {
  /**
   * What is still to be said of the same objects is replaced: of two statuses the newer one counts. An applied change
   * keeps its turn, of several the newest.
   */
  take(news: readonly ObjectNews[], nowMs: number): void;
  /** Until all has been said, or `signal` is aborted. Never rejects. */
  say(signal: AbortSignal): Promise<void>;
}

export interface TellerDeps extends TellDeps {
  /** The object as of the newest event. */
  readonly newest: (key: string) => KubernetesObject | undefined;
  /** Whether it is still ours to be spoken about. */
  readonly isOwned: (object: KubernetesObject) => boolean;
}

interface Word {
  readonly news: ObjectNews;
  readonly nowMs: number;
}

interface Waiting {
  /** Oldest first. */
  words: readonly Word[];
  isBeingTold: boolean;
}

const AT_A_TIME = 8;

export function createTeller(deps: TellerDeps): Teller {
  /** By object; who has waited longest comes first. */
  const waiting = new Map<string, Waiting>();

  const next = (): readonly [string, Waiting] | undefined => {
    for (const entry of waiting) if (!entry[1].isBeingTold) return entry;
    return undefined;
  };

  const tell = async ({ news, nowMs }: Word, signal: AbortSignal): Promise<void> => {
    if (!deps.isOwned(news.object)) return;
    const object = newestOfSpec(news.object, deps.newest(objectKey(news.object)));
    await tellObject(deps, { ...news, object }, nowMs, signal);
  };

  const tellAll = async (signal: AbortSignal): Promise<void> => {
    for (let found = next(); found && !signal.aborted; found = next()) {
      const [key, one] = found;
      const [word, ...later] = one.words;
      one.words = later;
      one.isBeingTold = true;
      await tell(word, signal);
      one.isBeingTold = false;
      if (one.words.length === 0) waiting.delete(key);
      // Of thousands most have nothing to say: whoever asks the API meanwhile is answered between two of them.
      await nextTurn();
    }
  };

  return {
    take(news, nowMs) {
      for (const one of news) {
        const key = objectKey(one.object);
        const known = waiting.get(key);
        const words = joined(known?.words ?? [], { news: one, nowMs });
        if (known) known.words = words;
        else waiting.set(key, { words, isBeingTold: false });
      }
    },
    async say(signal) {
      await Promise.all(Array.from({ length: AT_A_TIME }, () => tellAll(signal)));
    },
  };
}

function joined(words: readonly Word[], word: Word): readonly Word[] {
  return isApplied(word) ? [word] : [...words.filter(isApplied), word];
}

function isApplied({ news }: Word): boolean {
  return news.stored?.actuation.result === 'applied';
}

/** A status that was decided on one spec never speaks for another. */
function newestOfSpec(known: KubernetesObject, newest: KubernetesObject | undefined): KubernetesObject {
  const { uid, generation } = known.metadata;
  const isSame = newest?.metadata.uid === uid && newest?.metadata.generation === generation;
  return isSame ? newest! : known;
}
