export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a fleet of one size costs, without the ticks of the warm-up, which read the whole history and fit all models. */
export interface FleetCost {
  readonly workloads: number;
  readonly ticks: number;
  readonly firstTickSeconds: number;
  /** Wall time. */
  readonly tickSeconds: Quantiles;
  /** Of the controller's process, with the threads that make forecasts. */
  readonly cpuSecondsPerTick: number;
  /** Of the loop's thread alone. */
  readonly loopCpuSecondsPerTick: number;
  /** The largest that was seen after a tick. */
  readonly rssBytes: number;
  /** Of the loop's thread, after the last tick: what lives, and what has not been collected yet. */
  readonly loopHeapBytes: number;
  /** Of the loop's thread, for one reading of all metrics, which Prometheus does every scrape interval: in no tick here. */
  readonly scrapeCpuSeconds: number;
  readonly queriesPerTick: number;
  /** Of the answers of metrics sources. */
  readonly bytesPerTick: number;
  readonly apiRequestsPerTick: number;
  /** Share of the decisions that had a forecast. */
  readonly forecastRatio: number;
  /** From the end of the newest slot that the forecast knew to the decision; 30 s of it are the metrics' delay. */
  readonly forecastAgeSeconds: Quantiles;
  /** Mean of each stage, of the loop's thread. */
  readonly stageCpuSecondsPerTick: Readonly<Record<string, number>>;
}
