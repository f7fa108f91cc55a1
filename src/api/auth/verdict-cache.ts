import { MS_PER_SECOND } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';

export interface VerdictCacheOptions<T> {
  /** Whether a verdict lets in: the two kinds are kept apart, so that a flood of refusals forgets no admission. */
  readonly isGood: (verdict: T) => boolean;
  readonly goodSeconds: number;
  readonly badSeconds: number;
  /** Of each kind; the oldest goes. */
  readonly mostKept: number;
  /** Questions that wait for the authority at a time; what comes beyond is refused. */
  readonly mostAsking: number;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  /** Told of each question that the authority did not answer. */
  readonly onFault: (error: unknown) => void;
}

export interface VerdictCache<T> {
  /** What is known of the key, or what `ask` says of it. Rejects with `overloaded` where there is no verdict to be had. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
}

/** After a question that was not answered, none is asked for so long: those who come would only wait too. */
const SILENT_SECONDS = 1;

const UNKNOWN = 'Who asks cannot be checked now: the API server does not answer; ask again soon.';
const TOO_MANY = 'Too many who ask have to be checked at once; ask again soon.';

/**
 * Verdicts of an authority that is slow to ask, for a short while each. One question per key at a time, however many wait
 * for it. Without a fresh verdict and without an answer nobody is let in: it fails closed.
 */
export function createVerdictCache<T>(options: VerdictCacheOptions<T>): VerdictCache<T> {
  const { isGood, goodSeconds, badSeconds, mostKept, mostAsking, nowMs, onFault } = options;
  const good = createShelf<T>(goodSeconds, mostKept, nowMs);
  const bad = createShelf<T>(badSeconds, mostKept, nowMs);
  const asking = new Map<string, Promise<T>>();
  let silentUntilMs = -Infinity;

  const asked = async (key: string, ask: () => Promise<T>): Promise<T> => {
    try {
      const verdict = await ask();
      (isGood(verdict) ? good : bad).put(key, verdict);
      return verdict;
    } catch (error) {
      silentUntilMs = nowMs() + SILENT_SECONDS * MS_PER_SECOND;
      onFault(error);
      throw new PrescaleError('overloaded', UNKNOWN, { cause: error });
    } finally {
      asking.delete(key);
    }
  };

  return {
    async get(key, ask) {
      const known = good.get(key) ?? bad.get(key);
      if (known) return known.verdict;
      const underWay = asking.get(key);
      if (underWay) return underWay;
      if (nowMs() < silentUntilMs) throw new PrescaleError('overloaded', UNKNOWN);
      if (asking.size >= mostAsking) throw new PrescaleError('overloaded', TOO_MANY);
      const begun = asked(key, ask);
      asking.set(key, begun);
      return begun;
    },
  };
}

/** The newest `mostKept` entries, each for `seconds`. */
function createShelf<T>(seconds: number, mostKept: number, nowMs: () => number) {
  const kept = new Map<string, { readonly verdict: T; readonly untilMs: number }>();
  return {
    get(key: string): { readonly verdict: T } | undefined {
      const found = kept.get(key);
      if (found && found.untilMs > nowMs()) return found;
      kept.delete(key);
      return undefined;
    },
    put(key: string, verdict: T): void {
      kept.delete(key);
      kept.set(key, { verdict, untilMs: nowMs() + seconds * MS_PER_SECOND });
      const [oldest] = kept.keys();
      if (kept.size > mostKept) kept.delete(oldest);
    },
  };
}
