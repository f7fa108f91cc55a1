import { PrescaleError } from '../../domain/errors.ts';
import type { LogLevel } from '../../telemetry/logger.ts';
import type { ListenFlag } from './listen-flag.ts';
import type { Moment } from './moment-flag.ts';

/** The flags as spec.ts declares and parses them. */
export interface RunFlags {
  readonly policy?: readonly string[];
  readonly recording?: readonly string[];
  readonly prometheus?: string;
  readonly prometheusConfig?: string;
  /** Seconds. */
  readonly tick: number;
  readonly listen: ListenFlag;
  readonly namespace?: string;
  readonly speed?: number | 'max';
  readonly from?: Moment;
  readonly to?: Moment;
  readonly dryRun?: true;
  readonly keepServing?: true;
  readonly quiet?: true;
  readonly json?: true;
  readonly logLevel?: LogLevel;
}

interface Contradiction {
  readonly holds: (flags: RunFlags) => boolean;
  readonly message: string;
}

const MIN_TICK_SECONDS = 1;
const MAX_TICK_SECONDS = 3600;

const isPlayed = (flags: RunFlags): boolean => flags.recording !== undefined || flags.from !== undefined;
const hasPrometheus = (flags: RunFlags): boolean =>
  flags.prometheus !== undefined || flags.prometheusConfig !== undefined;

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    holds: ({ policy }) => policy === undefined,
    message:
      '--policy: got nothing, allowed: one or more files. Watching the policies of a cluster comes later.',
  },
  {
    holds: (flags) => flags.recording === undefined && !hasPrometheus(flags),
    message: '--recording, --prometheus: got neither, allowed: recorded metrics, or a Prometheus to ask',
  },
  {
    holds: (flags) => flags.recording !== undefined && hasPrometheus(flags),
    message: '--recording: got a Prometheus too, allowed: one or the other',
  },
  {
    holds: ({ prometheus, prometheusConfig }) => prometheus !== undefined && prometheusConfig !== undefined,
    message: '--prometheus: got --prometheus-config too, allowed: one or the other',
  },
  {
    holds: ({ policy = [], recording = [] }) =>
      [...policy, ...recording].filter((file) => file === '-').length > 1,
    message: '-: got it twice, allowed: once, as standard input can be read only once',
  },
  {
    holds: (flags) => flags.speed !== undefined && !isPlayed(flags),
    message:
      '--speed: got it for a live Prometheus, allowed: with --recording, or with --from to play the past',
  },
  {
    holds: (flags) => flags.to !== undefined && !isPlayed(flags),
    message: '--to: got it for a live Prometheus, allowed: with --recording, or with --from to play the past',
  },
  {
    holds: (flags) => flags.keepServing === true && !isPlayed(flags),
    message:
      '--keep-serving: got it for a live Prometheus, which never ends; allowed: with --recording or --from',
  },
  {
    holds: ({ quiet, json }) => quiet === true && json === true,
    message: '--quiet: got --json too, allowed: one or the other',
  },
  {
    holds: ({ tick }) => tick < MIN_TICK_SECONDS || tick > MAX_TICK_SECONDS,
    message: '--tick: allowed: a duration from 1s to 1h',
  },
];

/** Throws `usage` for the first contradiction. */
export function refuseContradictions(flags: RunFlags): void {
  const found = CONTRADICTIONS.find(({ holds }) => holds(flags));
  if (found) throw new PrescaleError('usage', found.message);
}

/** Whether the past is played, in virtual time. */
export function playsThePast(flags: RunFlags): boolean {
  return isPlayed(flags);
}
