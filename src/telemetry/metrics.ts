import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import { HOLD_REASONS, type Hold } from '../domain/hold.ts';
import type { MeasurementKind } from '../domain/measurement.ts';
import { workloadKey, type WorkloadRef } from '../domain/workload.ts';
import { registerWorkloadGauges, type WorkloadReading } from './workload-gauges.ts';

export const STAGES = ['observe', 'forecast', 'decide', 'actuate', 'record', 'total'] as const;
export type Stage = (typeof STAGES)[number];

/** What went wrong with a metrics source, in the words of the Measurement that came of it. */
export type SourceErrorKind = Extract<MeasurementKind, 'sourceDown' | 'queryRejected' | 'partial'>;

/**
 * What the loop tells the world in numbers (prom-client, registry of its own). Labels are closed sets; the per-workload
 * gauges are read from each workload's newest decision when they are scraped, so one that went leaves no series.
 */
export interface Metrics {
  readonly registry: Registry;
  stageTook(stage: Stage, seconds: number): void;
  ticksSkipped(ticks: number): void;
  /** A forecast was made (not: used again). */
  forecastMade(forecast: ForecastResult): void;
  /** How far the newest measured slot was from what had been forecast for it, as a share (0..) of the measured rate. */
  forecastMissed(workload: WorkloadRef, absoluteErrorRatio: number): void;
  decided(decision: Decision, actuation: ActuationRecord): void;
  /** What this autoscaler and HPA beside it came to so far: asked when somebody looks. */
  accounted(workload: WorkloadRef, ledger: NonNullable<WorkloadReading['ledger']>): void;
  sourceFailed(kind: SourceErrorKind): void;
  /** A workload threw in this stage and lost that tick. */
  workloadFailed(stage: Stage): void;
  /** What the fleet's limits hold back now, of those policies that may be written. */
  fleetHeld(all: readonly FleetHeld[]): void;
  /** Whether a person has stopped all writes. */
  stopped(isStopped: boolean): void;
  /** Of the shards of all workloads, those that this replica of the controller holds; one shard: whether it leads. */
  holds(shards: { readonly held: number; readonly all: number }): void;
  forget(workload: WorkloadRef): void;
}

/** A workload's part in what the fleet's limits hold back. */
export interface FleetHeld {
  readonly desiredReplicas: number;
  readonly allowedReplicas: number;
  readonly hold?: Hold;
}

const TICK_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const newest = new Map<string, WorkloadReading>();
  registerWorkloadGauges(registry, newest);
  const meters = createMeters(registry);
  const readingOf = (workload: WorkloadRef): WorkloadReading => {
    const key = workloadKey(workload);
    const known = newest.get(key) ?? { workload };
    newest.set(key, known);
    return known;
  };
  return {
    registry,
    stageTook: (stage, seconds) => meters.tickSeconds.observe({ stage }, seconds),
    ticksSkipped: (ticks) => meters.overruns.inc(ticks),
    forecastMade: (forecast) => countForecast(meters, forecast),
    forecastMissed(workload, absoluteErrorRatio) {
      readingOf(workload).absoluteErrorRatio = absoluteErrorRatio;
    },
    decided(decision, actuation) {
      readingOf(decision.workload).decision = decision;
      meters.decisions.inc({ outcome: decision.outcome.kind, reason: decision.outcome.reason });
      if (['conflict', 'notLeader', 'refused', 'stopped', 'failed'].includes(actuation.result))
        meters.actuationErrors.inc({ code: actuation.result });
    },
    accounted(workload, ledger) {
      readingOf(workload).ledger = ledger;
    },
    sourceFailed: (kind) => meters.sourceErrors.inc({ kind }),
    workloadFailed: (stage) => meters.workloadErrors.inc({ stage }),
    fleetHeld(all) {
      for (const reason of HOLDS)
        meters.heldReplicas.set(
          { reason },
          all.reduce((sum, one) => sum + (one.hold?.reason === reason ? heldReplicas(one) : 0), 0),
        );
    },
    stopped: (isStopped) => meters.stopped.set(isStopped ? 1 : 0),
    holds({ held, all }) {
      if (all === 1) return gaugeOf(registry, LEADER).set(held);
      gaugeOf(registry, SHARDS_HELD).set(held);
      gaugeOf(registry, SHARDS).set(all);
    },
    forget: (workload) => void newest.delete(workloadKey(workload)),
  };
}

const HOLDS = Object.keys(HOLD_REASONS).filter((reason) => reason !== 'Stopped');

function heldReplicas({ desiredReplicas, allowedReplicas }: FleetHeld): number {
  return Math.abs(desiredReplicas - allowedReplicas);
}

/** No series where there is nobody to lead, or nothing to share. */
const LEADER = {
  name: 'prescale_leader',
  help: 'Whether this replica of the controller leads (1) or stands by (0).',
};
const SHARDS_HELD = {
  name: 'prescale_shards_held',
  help: 'Shards of the workloads that this replica of the controller owns.',
};
const SHARDS = { name: 'prescale_shards', help: 'Shards that the workloads are divided into.' };

function gaugeOf(registry: Registry, { name, help }: typeof LEADER): Gauge {
  const known = registry.getSingleMetric(name);
  return known instanceof Gauge ? known : new Gauge({ name, help, registers: [registry] });
}

type Meters = ReturnType<typeof createMeters>;

function countForecast(meters: Meters, forecast: ForecastResult): void {
  if (forecast.kind === 'forecast') meters.modelUsed.inc({ model: forecast.model });
  for (const { model, reason } of forecast.skipped) meters.fallbacks.inc({ model, reason });
}

function createMeters(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `prescale_${name}`, help, labelNames: [...labelNames], registers });
  return {
    tickSeconds: new Histogram({
      name: 'prescale_tick_duration_seconds',
      help: 'Real time that a stage of the tick took.',
      labelNames: ['stage'],
      buckets: TICK_BUCKETS_SECONDS,
      registers,
    }),
    overruns: counter('ticks_overrun_total', 'Ticks left out because one before them took too long.', []),
    decisions: counter('decisions_total', 'Decisions made.', ['outcome', 'reason']),
    modelUsed: counter('forecast_model_used_total', 'Forecasts made, by the model that made them.', [
      'model',
    ]),
    fallbacks: counter('forecast_fallback_total', 'Models passed over in the chain, with the reason.', [
      'model',
      'reason',
    ]),
    sourceErrors: counter('metrics_source_errors_total', 'Failed reads of a metrics source.', ['kind']),
    heldReplicas: new Gauge({
      name: 'prescale_fleet_held_replicas',
      help: "Replicas that were decided on and are held back by the fleet's limits.",
      labelNames: ['reason'],
      registers,
    }),
    stopped: new Gauge({
      name: 'prescale_stopped',
      help: 'Whether a person has stopped all writes (1).',
      registers,
    }),
    actuationErrors: counter('actuation_errors_total', 'Decisions that could not be carried out.', ['code']),
    workloadErrors: counter('workload_errors_total', 'Workloads that lost a tick to an internal error.', [
      'stage',
    ]),
  };
}
