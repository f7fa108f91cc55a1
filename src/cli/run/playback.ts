import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { invalidInput, type Problem } from '../../domain/errors.ts';
import type { Moment } from './moment-flag.ts';

/** Instants in milliseconds since the epoch, end exclusive. */
export interface Span {
  readonly startAtMs: number;
  readonly endAtMs: number;
}

/** One workload's share of the play, in the time of its own recording. */
export interface Part {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** The workload's time minus the loop's. */
  readonly offsetMs: number;
}

export interface Playback {
  /** Instants of the loop's clock. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly parts: readonly Part[];
  /** Whether workloads live in different times. */
  readonly isSideBySide: boolean;
}

export interface PlaybackRequest {
  readonly name: string;
  readonly span: Span;
  /** A slot that ends at t is known at t + delay: the play goes on until the last one is. */
  readonly delaySeconds: number;
  /** The first slot that is known is what the first tick decides on. */
  readonly stepSeconds: number;
}

/**
 * When to tick. Recordings that share a stretch of time are played in that time, as one fleet. Recordings of
 * different times (two Januaries of different years) are played side by side: each in its own time from its own
 * start, so that hours, weekdays and events stay true for each.
 */
export function planPlayback(
  requests: readonly PlaybackRequest[],
  bounds: { readonly from?: Moment | undefined; readonly to?: Moment | undefined },
): Playback {
  const shared = sharedSpan(requests);
  const anchor: Span = {
    startAtMs: Math.min(...requests.map(({ span }) => span.startAtMs)),
    endAtMs: Math.max(...requests.map(({ span }) => span.endAtMs)),
  };
  const problems: Problem[] = [];
  const parts = requests.map((request) =>
    partOf(request, { ...bounds, anchor: shared ? anchor : request.span, problems }),
  );
  if (problems.length > 0) throw invalidInput('what to play', problems);
  return shared ? together(parts) : sideBySide(parts);
}

function sharedSpan(requests: readonly PlaybackRequest[]): boolean {
  const latestStart = Math.max(...requests.map(({ span }) => span.startAtMs));
  const earliestEnd = Math.min(...requests.map(({ span }) => span.endAtMs));
  return latestStart < earliestEnd;
}

interface Bounds {
  readonly from?: Moment | undefined;
  readonly to?: Moment | undefined;
  /** What "2d before the end" counts from. */
  readonly anchor: Span;
  readonly problems: Problem[];
}

function partOf(request: PlaybackRequest, { from, to, anchor, problems }: Bounds): Omit<Part, 'offsetMs'> {
  const { span, delaySeconds, stepSeconds, name } = request;
  const knownMs = delaySeconds * MS_PER_SECOND;
  const earliestMs = span.startAtMs + stepSeconds * MS_PER_SECOND + knownMs;
  const latestMs = span.endAtMs + knownMs;
  const firstAtMs = from === undefined ? earliestMs : Math.max(earliestMs, atMs(from, anchor));
  const lastAtMs = to === undefined ? latestMs : Math.min(latestMs, atMs(to, anchor));
  if (firstAtMs > lastAtMs)
    problems.push({
      path: `--from, --to (${name})`,
      got: `${isoFromMs(firstAtMs)} to ${isoFromMs(lastAtMs)}`,
      allowed: `a part of ${isoFromMs(earliestMs)} to ${isoFromMs(latestMs)}`,
    });
  return { firstAtMs, lastAtMs };
}

function atMs(moment: Moment, anchor: Span): number {
  return moment.kind === 'instant' ? moment.atMs : anchor.endAtMs - moment.seconds * MS_PER_SECOND;
}

function together(parts: readonly Omit<Part, 'offsetMs'>[]): Playback {
  return {
    firstAtMs: Math.min(...parts.map((part) => part.firstAtMs)),
    lastAtMs: Math.max(...parts.map((part) => part.lastAtMs)),
    parts: parts.map((part) => ({ ...part, offsetMs: 0 })),
    isSideBySide: false,
  };
}

function sideBySide(parts: readonly Omit<Part, 'offsetMs'>[]): Playback {
  const firstAtMs = parts[0].firstAtMs;
  const placed = parts.map((part) => ({ ...part, offsetMs: part.firstAtMs - firstAtMs }));
  return {
    firstAtMs,
    lastAtMs: Math.max(...placed.map((part) => part.lastAtMs - part.offsetMs)),
    parts: placed,
    isSideBySide: true,
  };
}
