import type { HookCaller } from '../actuate/hook-caller.ts';
import type { Scaler } from '../actuate/scaler.ts';
import type { Clock } from '../domain/clock.ts';
import { workloadKey } from '../domain/workload.ts';
import type { ForecastChain } from '../forecast/select-forecast.ts';
import type { BackgroundForecaster } from '../forecast/background-forecaster.ts';
import type { SeriesStore } from '../observe/series-store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, Stage } from '../telemetry/metrics.ts';
import type { DecisionStore } from './decision-store.ts';
import type { FirstReads } from './first-reads.ts';
import type { Fleet, Member } from './fleet.ts';
import type { FleetSafety } from './fleet-safety.ts';
import type { LateReads } from './late-reads.ts';
import type { LentShapes } from './lent-shapes.ts';
import type { LiveMetricsRead } from './live-readings.ts';

/** Everything that a tick touches. */
export interface TickDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly forecaster: ForecastChain;
  readonly scaler: Scaler;
  readonly store: DecisionStore;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tickSeconds: number;
  /** Real seconds that reading metrics may take: what is left of the tick's time is for all that follows. */
  readonly observeSeconds: number;
  /**
   * Real seconds from its start on that a tick may look at metrics and replicas: the rest is for writing. Who has not
   * been looked at by then loses this tick, and comes first at the next. undefined: as long as the tick may take.
   */
  readonly lookSeconds?: number | undefined;
  /**
   * Real seconds that forecasting may take; whoever is left waits for the next tick with the forecast that it has.
   * Infinity where the same past must give the same decisions on every machine.
   */
  readonly forecastSeconds: number;
  /** Makes the forecasts beside the loop; undefined: the tick makes them. */
  readonly background?: BackgroundForecaster | undefined;
  /**
   * Whether the load is looked at between two slots as well, where the source has any instant. Not where the past is
   * played: what a recording of it knows is the slots.
   */
  readonly looksBetweenSlots?: boolean;
  /** Live metrics that forecasts of a class of workloads are made of; undefined: of none. */
  readonly liveMetricsRead?: LiveMetricsRead | undefined;
  /** Who may read a whole history at a tick; undefined: everybody. */
  readonly firstReads?: FirstReads | undefined;
  /** Which sources are not waited for; undefined: all are. */
  readonly lateReads?: LateReads | undefined;
  /** What young workloads borrow from others; undefined: nothing. */
  readonly lentShapes?: LentShapes | undefined;
  /** What is known of arrival rates beyond this process; undefined: nothing. */
  readonly series?: SeriesStore | undefined;
  /** Tells others of changes; undefined where nobody is to be told. */
  readonly hooks?: HookCaller | undefined;
  /** What may hold the whole fleet back; undefined where nothing is written. */
  readonly safety?: FleetSafety | undefined;
}

/**
 * The answers of those for whom `work` does not throw. A workload that meets a bug loses this tick, is logged and
 * counted; the others do not notice.
 */
export function forEachSafely<Input extends { readonly member: Member }, Output>(
  deps: TickDeps,
  stage: Stage,
  inputs: readonly Input[],
  work: (input: Input) => Output,
): readonly Output[] {
  const outputs: Output[] = [];
  for (const input of inputs) {
    try {
      outputs.push(work(input));
    } catch (error) {
      reportLostTick(deps, stage, input.member, error);
    }
  }
  return outputs;
}

export function reportLostTick(deps: TickDeps, stage: Stage, member: Member, error: unknown): void {
  deps.metrics.workloadFailed(stage);
  const workload = workloadKey(member.policy.workload);
  deps.logger.error({ workload, stage, error: textOf(error) }, 'workload lost a tick');
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
