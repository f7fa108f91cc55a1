/** What a fleet of one size costs; without the first tick, which reads the whole history. */
export interface FleetCost {
  readonly workloads: number;
  readonly ticks: number;
  readonly firstTickSeconds: number;
  /** Wall time of a tick, all forecasts of the step included. */
  readonly tickSeconds: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Of the controller's process. */
  readonly cpuSecondsPerTick: number;
  /** The largest that was seen after a tick. */
  readonly rssBytes: number;
  readonly queriesPerTick: number;
  readonly apiRequestsPerTick: number;
  /** Share of the decisions that had a forecast. */
  readonly forecastRatio: number;
  /** Mean wall seconds of each stage. */
  readonly stageSecondsPerTick: Readonly<Record<string, number>>;
}
