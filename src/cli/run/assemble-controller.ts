import { createDryRunScaler } from '../../actuate/dry-run.ts';
import type { HookCaller } from '../../actuate/hook-caller.ts';
import type { Scaler } from '../../actuate/scaler.ts';
import { createVirtualClock } from '../../control/clocks/virtual-clock.ts';
import { createDecisionRing, type DecisionRing } from '../../control/decision-ring.ts';
import type { StoredDecision } from '../../control/decision-store.ts';
import { createFirstReads } from '../../control/first-reads.ts';
import { createFleet, type Attendance, type Fleet } from '../../control/fleet.ts';
import type { FleetSafety } from '../../control/fleet-safety.ts';
import { newMember } from '../../control/join-fleet.ts';
import { createLateReads } from '../../control/late-reads.ts';
import { createLentShapes } from '../../control/lent-shapes.ts';
import { recordedReplicas } from '../../control/recorded-replicas.ts';
import { runLoop } from '../../control/run-loop.ts';
import { tick } from '../../control/tick.ts';
import type { TickDeps } from '../../control/tick-deps.ts';
import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';
import type { BackgroundForecaster } from '../../forecast/background-forecaster.ts';
import { createModels, liveMetricsReadBy, type NetworkOrReason } from '../../forecast/create-models.ts';
import { createSeriesStore, type SeriesStore } from '../../observe/series-store.ts';
import { createForecastChain, type ForecastChain } from '../../forecast/select-forecast.ts';
import type { HistoryReader, TrendReader } from '../../api/ports.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts';
import { startBackgroundForecasts } from './background-forecasts.ts';
import { keepHistory, type HistorySettings } from './keep-history.ts';
import type { Paired } from './pair-sources.ts';
import type { RunPlan } from './plan-run.ts';
import { startReplicas } from './start-replicas.ts';
import { keepSummary, type Summary } from './summary.ts';

/** The loop with everything that it needs, and what others may look at while it runs. */
export interface Controller {
  readonly fleet: Fleet;
  readonly ring: DecisionRing;
  readonly history: HistoryReader;
  readonly trend: TrendReader;
  readonly forecaster: ForecastChain;
  readonly metrics: Metrics;
  readonly logger: Logger;
  notReadyBecause(): string | null;
  attend(paired: readonly Paired[], attendances: readonly Attendance[]): void;
  /** Ticks until the plan ends or `stop` is aborted. `onDecided` is waited for before the next tick. */
  run(plan: RunPlan, realClock: Clock, hooks: RunHooks): Promise<void>;
  summary(): Summary;
  /** Writes what is still to be written to the history, and ends the threads. */
  close(): Promise<void>;
}

export interface RunHooks {
  /** Before each tick: who is looked after may change between two. */
  readonly beforeTick?: () => void | Promise<void>;
  readonly onDecided: (batch: readonly StoredDecision[]) => Promise<void>;
  readonly stop: AbortSignal;
}

/** Of the tick's time: what a tick may take in all, reading metrics of it, and reading metrics and replicas together. */
const TIMEOUT_SHARE = 0.9;
const OBSERVE_SHARE = 0.5;
const LOOK_SHARE = 0.7;
const FORECAST_SHARE = 0.25;
/** What the workloads of all other sources may wait for one that is slow: 2.5 s of a tick of 15 s, once. */
const PATIENCE_SHARE = 1 / 6;
/** A second is not slow, where there is as much for reading. */
const LEAST_PATIENCE_SECONDS = 1;
/** Together at most so many, about 7 kB each. */
const RING_LIMITS = { perWorkload: 500, total: 10_000 };
/** Where the disk keeps them all: what is asked for most. */
const RING_LIMITS_BESIDE_HISTORY = { perWorkload: 40, total: 10_000 };

export interface ControllerParts {
  readonly tickSeconds: number;
  readonly logger: Logger;
  readonly network: NetworkOrReason;
  /** Of the network's challengers, for threads that load them themselves. */
  readonly challengerPath?: string | undefined;
  /** Called at each tick of a live run. */
  readonly lookForChallengers?: (monotonicMs: number) => Promise<void>;
  /** undefined: a dry run. */
  readonly scaler?: Scaler;
  /** undefined: nobody is told of changes. */
  readonly hooks?: HookCaller | undefined;
  /** undefined: nothing is written that could be held back. */
  readonly safety?: FleetSafety;
  /** Where decisions are kept across restarts; undefined: nowhere. */
  readonly history?: HistorySettings | undefined;
  /** Where measured rates are kept across restarts; undefined: nowhere. */
  readonly seriesDirectory?: string | undefined;
}

export function assembleController({
  tickSeconds,
  logger,
  network,
  challengerPath,
  lookForChallengers,
  scaler,
  hooks,
  safety,
  history: settings,
  seriesDirectory,
}: ControllerParts): Controller {
  const fleet = createFleet();
  const ring = createDecisionRing(settings ? RING_LIMITS_BESIDE_HISTORY : RING_LIMITS);
  const metrics = createMetrics();
  const history = keepHistory({ settings, ring, metrics, logger });
  const series = seriesDirectory === undefined ? undefined : keepSeries(seriesDirectory, logger);
  const forecaster = createForecastChain(createModels(network));
  const summary = keepSummary(({ workload }) => fleet.member(workload)?.policy);
  const shared = {
    fleet,
    forecaster,
    store: history.store,
    metrics,
    logger,
    tickSeconds,
    hooks,
    safety,
    lentShapes: createLentShapes(fleet),
    scaler: scaler ?? dryRunScaler(fleet),
    liveMetricsRead: (workloadClass: string) => liveMetricsReadBy(network, workloadClass),
  };
  let background: BackgroundForecaster | undefined;
  let ticks = 0;

  return {
    fleet,
    ring,
    history: history.reader,
    trend: history.trend,
    forecaster,
    metrics,
    logger,
    notReadyBecause: () => (ticks === 0 ? 'The first tick has not ended yet.' : null),
    attend(paired, attendances) {
      for (const [index, { policy, source }] of paired.entries())
        fleet.add(newMember(policy, source, attendances[index]));
    },
    run(plan, realClock, { beforeTick, onDecided, stop }) {
      const { firstAtMs, lastAtMs, speed } = plan;
      const clock =
        speed === null ? realClock : createVirtualClock({ startAtMs: firstAtMs, speed, realClock });
      // What is played must come out the same however slow the machine is: then only reading metrics is timed.
      const isLive = speed === null;
      if (isLive) background = startBackgroundForecasts(logger, { challengerPath });
      const deps = {
        ...shared,
        background,
        series: isLive ? series : undefined,
        clock,
        ...readsOf(tickSeconds, isLive),
        ...secondsOf(tickSeconds, isLive),
      };
      const onSkipped = (skipped: number): void => tellSkipped(skipped, { metrics, summary, logger });
      const onError = (error: unknown): void => logger.error({ error: String(error) }, 'tick failed');
      const decideAll = async (nowMs: number, signal: AbortSignal): Promise<void> => {
        const beganMs = realClock.monotonicMs();
        await beforeTick?.();
        if (isLive) void lookForChallengers?.(beganMs);
        const batch = await tick(deps, nowMs, signal);
        ticks += 1;
        summary.add(batch, (realClock.monotonicMs() - beganMs) / MS_PER_SECOND);
        await onDecided(batch);
      };
      const timeoutSeconds = isLive ? TIMEOUT_SHARE * tickSeconds : Infinity;
      const schedule = { tickSeconds, timeoutSeconds, firstAtMs, lastAtMs };
      return runLoop({ clock, tick: decideAll, onSkipped, onError }, schedule, stop);
    },
    summary: () => summary.summary(),
    close: async () => void (await Promise.all([history.close(), background?.close(), series?.close()])),
  };
}

interface SkippedEars {
  readonly metrics: Metrics;
  readonly summary: ReturnType<typeof keepSummary>;
  readonly logger: Logger;
}

function tellSkipped(skipped: number, { metrics, summary, logger }: SkippedEars): void {
  metrics.ticksSkipped(skipped);
  summary.overran(skipped);
  logger.warn({ skipped }, 'ticks left out: one before them took too long');
}

/** A recording is read as it is, all of it and in time. */
function readsOf(
  tickSeconds: number,
  isLive: boolean,
): Pick<TickDeps, 'looksBetweenSlots' | 'firstReads' | 'lateReads'> {
  return {
    looksBetweenSlots: isLive,
    firstReads: isLive ? createFirstReads() : undefined,
    lateReads: isLive ? createLateReads(patienceSeconds(tickSeconds)) : undefined,
  };
}

/** What is played is not cut off; reading metrics is, which may hang. */
function secondsOf(
  tickSeconds: number,
  isLive: boolean,
): Pick<TickDeps, 'observeSeconds' | 'lookSeconds' | 'forecastSeconds'> {
  const observeSeconds = OBSERVE_SHARE * tickSeconds;
  if (!isLive) return { observeSeconds, forecastSeconds: Infinity };
  return {
    observeSeconds,
    lookSeconds: LOOK_SHARE * tickSeconds,
    forecastSeconds: FORECAST_SHARE * tickSeconds,
  };
}

function patienceSeconds(tickSeconds: number): number {
  const least = Math.min(LEAST_PATIENCE_SECONDS, OBSERVE_SHARE * tickSeconds);
  return Math.max(least, PATIENCE_SHARE * tickSeconds);
}

function keepSeries(folder: string, logger: Logger): SeriesStore {
  const onFault = (message: string): void =>
    logger.error({ message }, 'measured rates are not kept for the next start');
  return createSeriesStore({ folder, onFault });
}

function dryRunScaler(fleet: Fleet): Scaler {
  return createDryRunScaler({
    recorded: (workload) => recordedReplicas(fleet.member(workload)?.looked),
    startReplicas: (policy, nowMs) => startReplicas(fleet, policy, nowMs),
  });
}
