import { InvalidArgumentError } from 'commander';
import { secondsFromDuration } from '../../domain/duration.ts';

/** An instant, or so many seconds before the end of what is played (before now, for a live Prometheus). */
export type Moment =
  | { readonly kind: 'instant'; readonly atMs: number }
  | { readonly kind: 'beforeEnd'; readonly seconds: number };

/** "2026-11-21T08:00:00Z", "2026-11-21" or "-2d". */
export function momentFlag(text: string): Moment {
  const seconds = text.startsWith('-') ? secondsFromDuration(text.slice(1)) : undefined;
  if (seconds !== undefined) return { kind: 'beforeEnd', seconds };
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError(
      `Got "${text}", allowed: an ISO 8601 time such as 2026-11-21T08:00:00Z, or a time before the end such as -2d (write --from=-2d).`,
    );
  return { kind: 'instant', atMs };
}
