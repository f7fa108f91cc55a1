/** Collects during a replay what its page shows, and writes the page after it. */
import { writeFile } from 'node:fs/promises';
import { isoFromMs, MS_PER_SECOND } from '../../../domain/clock.ts';
import { durationFromSeconds } from '../../../domain/duration.ts';
import type { Decision } from '../../../domain/decision.ts';
import type { ForecastResult } from '../../../domain/forecast.ts';
import { PRESCALE, type Comparison } from '../../../replay/compare.ts';
import { stepStartMs } from '../../../replay/load-path.ts';
import type { ReplayPhysics } from '../../../replay/physics.ts';
import { playAll, type PlayHooks } from '../../../replay/play.ts';
import { createCourseRecorder, type Course } from '../../../replay/report-series.ts';
import { createWorstMinutes } from '../../../replay/worst-minutes.ts';
import { packageVersion } from '../../package-version.ts';
import type { ReplayReport } from '../json.ts';
import type { RecordedWorld } from '../recorded-world.ts';
import { replayPage, type PageInput } from './page.ts';
import { createFanRecorder, pageData, type FanRecorder } from './page-data.ts';

export interface PageWatch {
  readonly onDecision: (decision: Decision) => void;
  readonly onForecast: (slot: number, forecast: ForecastResult) => void;
  readonly onStep: NonNullable<PlayHooks['onStep']>;
  readonly write: (file: string, report: ReplayReport) => Promise<void>;
}

const WORST_MINUTES = 10;
const MOST_STARTS_SHOWN = 10;

export function createPageWatch(recorded: RecordedWorld): PageWatch {
  const { world } = recorded;
  const fan = fanOf(recorded);
  const worst = createWorstMinutes(WORST_MINUTES, Math.max(...world.physics.startup.seconds));
  return {
    onDecision: worst.decided,
    onForecast: fan.add,
    onStep(name, played, truth) {
      if (name === PRESCALE && played.step >= world.window.fromStep) worst.played(played, truth);
    },
    async write(file, report) {
      const data = pageData(courseOf(recorded, report.comparison), fan.fan());
      const page = await replayPage({
        report,
        data,
        worst: worst.worst(),
        settings: settingsOf(recorded, report),
      });
      await writeFile(file, page);
    },
  };
}

/** What was decided is known: playing it again costs next to nothing. */
function courseOf({ world }: RecordedWorld, { policies }: Comparison): Course {
  const { path, physics, window } = world;
  const { course, onStep } = createCourseRecorder(
    policies.map(({ name }) => name),
    {
      fromMs: stepStartMs(path, window.fromStep),
      untilMs: stepStartMs(path, path.steps),
      stepSeconds: physics.stepSeconds,
    },
  );
  playAll(
    world,
    policies.map(({ name, create }) => ({ ...create(), name })),
    { onStep },
  );
  return course;
}

function fanOf({ world, history }: RecordedWorld): FanRecorder {
  const { policy, physics, path, window } = world;
  const { startupSeconds } = policy.capacity;
  const leadSeconds = policy.metrics.delaySeconds + (startupSeconds ?? 0) + physics.stepSeconds;
  const fromMs = stepStartMs(path, window.fromStep);
  return createFanRecorder({
    history,
    fromSlot: Math.ceil((fromMs - history.startAtMs) / (history.stepSeconds * MS_PER_SECOND)),
    aheadSlots: Math.max(1, Math.ceil(leadSeconds / history.stepSeconds)),
  });
}

/** As it is, or what many starts come to. */
function startupOf({ seconds }: ReplayPhysics['startup']): object {
  if (seconds.length <= MOST_STARTS_SHOWN) return { seconds };
  return {
    starts: seconds.length,
    shortestSeconds: Math.min(...seconds),
    longestSeconds: Math.max(...seconds),
  };
}

function settingsOf({ world }: RecordedWorld, report: ReplayReport): PageInput['settings'] {
  const { policy, physics, path, window } = world;
  return [
    ['prescale', packageVersion()],
    ['node', process.version],
    ['policy', `${policy.workload.namespace}/${policy.workload.name}, ${policy.policyHash}`],
    ['recording', `${report.recording}, step ${durationFromSeconds(report.stepSeconds)}`],
    [
      'scored',
      `${isoFromMs(stepStartMs(path, window.fromStep))} to ${isoFromMs(stepStartMs(path, path.steps))}`,
    ],
    ...(['slo', 'capacity', 'cost', 'forecast'] as const).map(
      (part) => [part, JSON.stringify(policy[part])] as const,
    ),
    ['physics', JSON.stringify({ ...physics, startup: startupOf(physics.startup) })],
    ['seed', String(physics.seed)],
  ];
}
