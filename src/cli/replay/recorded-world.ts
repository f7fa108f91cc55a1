/** From a policy and a recording to the world that is replayed. */
import { learnedStartup } from '../../capacity/learn-startup.ts';
import { rateOfRecording } from '../../capacity/rate-of-recording.ts';
import { fittedTo } from '../../control/join-fleet.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { invalidInput } from '../../domain/errors.ts';
import type { LiveHistory } from '../../domain/live-history.ts';
import { asKept, type TimeSeries } from '../../domain/time-series.ts';
import { staleAgeSeconds } from '../../observe/judge-answer.ts';
import { asKeptLive, liveAtStep, liveOfRecording } from '../../observe/live-columns.ts';
import type { Recording } from '../../observe/recording/recording.ts';
import { resample } from '../../observe/resample.ts';
import type { Policy } from '../../policy/policy.ts';
import { withGivenStartup } from '../../policy/startup-time.ts';
import { loadPathFrom } from '../../replay/load-path.ts';
import { neededPath } from '../../replay/needed-path.ts';
import { physicsFrom, type ReplayPhysics } from '../../replay/physics.ts';
import { recordedStarts } from '../../replay/recorded-starts.ts';
import { secondHalf, type ReplayWorld } from '../../replay/play.ts';
import { serviceModelFrom } from '../../size/service-model.ts';
import { physicsWith } from './physics-file.ts';

export interface RecordedWorld {
  readonly world: ReplayWorld;
  /** What is forecast from: the recording at the policy's step. */
  readonly history: TimeSeries;
  /** Its other columns at the same step, as far as a forecast is made of them; undefined: it has none. */
  readonly live: LiveHistory | undefined;
  readonly startupSource: StartupSource;
}

/** Who says how long a replica takes to start: the policy or the physics file, the recording's counts, or nobody. */
export type StartupSource = 'given' | 'recorded' | 'assumed';

/** So few rows leave nothing to learn from or nothing to score. */
const LEAST_ROWS = 4;

export async function recordedWorld(
  written: Policy,
  recording: Recording,
  physicsFile: string | undefined,
): Promise<RecordedWorld> {
  const rows = recording.columns.arrivalRate;
  const fitted = fittedTo(written, rows.stepSeconds);
  const implied = physicsFrom(fitted, rows.stepSeconds);
  const seconds = fitted.capacity.learnsStartup ? startsIn(recording) : undefined;
  const told = seconds === undefined ? implied : { ...implied, startup: { seconds } };
  const physics = await physicsWith(physicsFile, told);
  checkPhysics(physics, rows);
  const policy: Policy = {
    ...withGivenStartup(fitted, startupToDecideWith(physics.startup)),
    minReplicas: physics.minReplicas,
    metrics: {
      ...fitted.metrics,
      delaySeconds: physics.metricLagSeconds,
      // As wherever a recording is read: no sample is stale before the next one can be there.
      staleAfterSeconds: staleAgeSeconds(rows.stepSeconds, fitted.metrics),
    },
  };
  const path = loadPathFrom(rows, physics);
  const model = serviceModelFrom(policy, serviceRateOf(policy, recording));
  const needed = neededPath(path, model, policy.slo);
  return {
    world: { policy, model, physics, path, needed, window: secondHalf(path) },
    history: historyAt(rows, policy.forecast.stepSeconds),
    live: liveAt(policy, recording),
    startupSource: startupSourceOf(
      seconds,
      fitted.capacity.learnsStartup && physics.startup === told.startup,
    ),
  };
}

function startupSourceOf(
  recorded: readonly number[] | undefined,
  isNotGiven: boolean | undefined,
): StartupSource {
  if (!isNotGiven) return 'given';
  return recorded === undefined ? 'assumed' : 'recorded';
}

function startsIn({ columns: { replicas, readyReplicas } }: Recording): readonly number[] | undefined {
  return replicas && readyReplicas && recordedStarts({ replicas, readyReplicas });
}

/** As where it is learned from pods: the 95th percentile, so that one late start is not believed. */
function startupToDecideWith({ seconds }: ReplayPhysics['startup']): number {
  return learnedStartup({ recentSeconds: seconds, newestPodAtMs: 0 })!.p95Seconds;
}

/** As the policy gives it, else as the recording tells it. */
function serviceRateOf({ capacity }: Policy, { columns, name }: Recording): number {
  if (capacity.serviceRateRps !== null) return capacity.serviceRateRps;
  const learned = rateOfRecording(columns, capacity.serversPerReplica);
  if (learned.kind !== 'refused') return learned.rateRps;
  throw invalidInput('the replay', [
    {
      path: 'spec.capacity.serviceRateRps',
      got: `nothing, and ${name} cannot tell it: ${learned.message}`,
      allowed: 'requests per second that one server completes',
    },
  ]);
}

function historyAt(rows: TimeSeries, stepSeconds: number): TimeSeries {
  return asKept(stepSeconds === rows.stepSeconds ? rows : resample(rows, stepSeconds));
}

/** As a dry run would read it: of the metrics that the policy names. */
function liveAt({ metrics, forecast }: Policy, recording: Recording): LiveHistory | undefined {
  const live = liveOfRecording(recording, (metric) => metrics.queries[metric] !== undefined);
  return live && asKeptLive(liveAtStep(live, forecast.stepSeconds));
}

function checkPhysics({ stepSeconds }: ReplayPhysics, rows: TimeSeries): void {
  const step = durationFromSeconds(rows.stepSeconds);
  const problems = [
    ...(Number.isInteger(rows.stepSeconds / stepSeconds)
      ? []
      : [
          {
            path: 'stepSeconds',
            got: String(stepSeconds),
            allowed: `what divides the recording's step of ${step}`,
          },
        ]),
    ...(rows.values.length >= LEAST_ROWS
      ? []
      : [{ path: '--recording', got: `${rows.values.length} rows`, allowed: `at least ${LEAST_ROWS}` }]),
  ];
  if (problems.length > 0) throw invalidInput('the replay', problems);
}
