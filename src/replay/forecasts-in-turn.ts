import type { ForecastResult } from '../domain/forecast.ts';
import { slotStartMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import type { ForecastChain } from '../forecast/select-forecast.ts';
import type { Policy } from '../policy/policy.ts';

export interface ForecastWorld {
  readonly chain: ForecastChain;
  readonly rows: TimeSeries;
  readonly policy: Policy;
  readonly tickSeconds: number;
}

/**
 * The forecasts of a replay, made once for all who ask: they do not depend on replicas. `forecastAt(row)` knows the
 * rows before `row`, at most the policy's lookback of them. Only the newest is kept, so rows are asked for in order.
 */
export function createForecastsInTurn(world: ForecastWorld): (row: number) => ForecastResult {
  const { chain, rows, policy } = world;
  const lookbackRows = Math.floor(policy.forecast.lookbackSeconds / rows.stepSeconds);
  let newest: { readonly row: number; readonly forecast: ForecastResult } | undefined;
  return (row) => {
    if (newest?.row === row) return newest.forecast;
    const from = Math.max(0, row - lookbackRows);
    const series = {
      ...rows,
      startAtMs: slotStartMs(rows, from),
      values: rows.values.subarray(from, row),
    };
    const [forecast] = chain.forecast([
      {
        seriesKey: workloadKey(policy.workload),
        series,
        horizonSteps: horizonRows(world),
        calendar: policy.calendar,
        models: policy.forecast.models,
      },
    ]);
    newest = { row, forecast };
    return forecast;
  };
}

/**
 * The policy's horizon, and never less than a decision looks ahead: the newest row is up to a row + the delay old when
 * it is decided on, and the decision looks as far as the lead time (start-up + tick) and one row more.
 */
function horizonRows({ policy, rows, tickSeconds }: ForecastWorld): number {
  const { forecast, metrics, capacity } = policy;
  const neededSeconds =
    metrics.delaySeconds + capacity.startupSeconds + tickSeconds + 2 * rows.stepSeconds;
  return Math.ceil(Math.max(forecast.horizonSeconds, neededSeconds) / rows.stepSeconds);
}
