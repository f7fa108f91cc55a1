import type { Attendance } from '../../control/fleet.ts';
import { ALWAYS } from '../../control/fleet.ts';
import { fittedTo } from '../../control/join-fleet.ts';
import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { seriesEndMs } from '../../domain/time-series.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { Moment } from './moment-flag.ts';
import type { Paired } from './pair-sources.ts';
import { planPlayback, type PlaybackRequest } from './playback.ts';
import type { RunFlags } from './run-flags.ts';

/** When to tick, on which kind of clock, and who is attended when. */
export interface RunPlan {
  /** null: the system's clock, live. */
  readonly speed: number | 'max' | null;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** One for each paired policy. */
  readonly attendances: readonly Attendance[];
  readonly isSideBySide: boolean;
}

export function planRun(paired: readonly Paired[], flags: RunFlags, nowMs: number): RunPlan {
  if (flags.recording !== undefined) return planRecordings(paired, flags);
  const attendances = paired.map(() => ALWAYS);
  const common = { attendances, isSideBySide: false };
  if (flags.from === undefined) return { ...common, speed: null, firstAtMs: nowMs, lastAtMs: Infinity };
  const firstAtMs = pastInstant(flags.from, nowMs);
  const lastAtMs = flags.to === undefined ? nowMs : pastInstant(flags.to, nowMs);
  if (firstAtMs > lastAtMs || lastAtMs > nowMs)
    throw new PrescaleError(
      'usage',
      `--from, --to: got ${isoFromMs(firstAtMs)} to ${isoFromMs(lastAtMs)}, allowed: a time in the past, from before to`,
    );
  return { ...common, speed: flags.speed ?? 1, firstAtMs, lastAtMs };
}

/** For a Prometheus, "before the end" is before now. */
function pastInstant(moment: Moment, nowMs: number): number {
  return moment.kind === 'instant' ? moment.atMs : nowMs - moment.seconds * MS_PER_SECOND;
}

function planRecordings(paired: readonly Paired[], flags: RunFlags): RunPlan {
  const { parts, ...playback } = planPlayback(paired.map(playbackRequest), flags);
  return { ...playback, attendances: parts, speed: flags.speed ?? 1 };
}

function playbackRequest({ policy, source, recording }: Paired): PlaybackRequest {
  const { forecast, metrics } = fittedTo(policy, source.resolutionSeconds(policy.workload));
  const { arrivalRate } = recording!.columns;
  return {
    name: workloadKey(policy.workload),
    span: { startAtMs: arrivalRate.startAtMs, endAtMs: seriesEndMs(arrivalRate) },
    delaySeconds: metrics.delaySeconds,
    stepSeconds: forecast.stepSeconds,
  };
}
