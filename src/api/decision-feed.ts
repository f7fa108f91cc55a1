import type { DecisionFeed, DecisionWithRecord, FedDecision, FeedListener } from './ports.ts';

export interface FeedOptions {
  /** Sets the ids of this run apart from those of any other: a number that they begin with. */
  readonly startedAtMs: number;
  /** At most twice as many are kept. */
  readonly keptEvents: number;
}

/** Of a small fleet fewer: who was away for longer than so many ticks reads the list. */
const MOST_KEPT_TICKS = 40;

export function createDecisionFeed({ startedAtMs, keptEvents }: FeedOptions): DecisionFeed {
  const listening = new Set<FeedListener>();
  let kept: FedDecision[] = [];
  let count = 0;
  let closed = false;

  const add = (stored: DecisionWithRecord): void => {
    count += 1;
    const event = { eventId: `${startedAtMs}-${count}`, stored };
    kept.push(event);
    for (const listener of listening) listener.decided(event);
  };

  return {
    publish(batch) {
      batch.forEach(add);
      const keep = Math.min(keptEvents, MOST_KEPT_TICKS * batch.length);
      // Trimmed at twice the length, so that a decision costs O(1).
      if (batch.length > 0 && kept.length > 2 * keep) kept = kept.slice(-keep);
    },
    after(eventId) {
      const index = kept.findIndex((event) => event.eventId === eventId);
      return index < 0 ? undefined : kept.slice(index + 1);
    },
    subscribe(listener) {
      if (closed) listener.ended();
      else listening.add(listener);
      return () => void listening.delete(listener);
    },
    listeners: () => listening.size,
    close() {
      closed = true;
      const told = [...listening];
      listening.clear();
      for (const listener of told) listener.ended();
    },
  };
}
