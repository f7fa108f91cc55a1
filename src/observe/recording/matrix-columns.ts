import type { Problem } from '../../domain/errors.ts';
import type { MetricName } from '../../domain/metric-name.ts';
import { ALLOWED_COLUMNS, metricOfColumn } from './csv-header.ts';
import type { SampleTable } from './sample-table.ts';

/** One series of a Prometheus answer: its labels, and a table with one column. */
export interface MatrixSeries {
  readonly labels: ReadonlyMap<string, string>;
  readonly table: SampleTable;
}

/**
 * Which metric each series is. A single one is the arrival rate unless it says that it is another column; of several,
 * each says it by its label `column` or by its metric name.
 */
export function nameMatrixSeries(series: readonly MatrixSeries[]): {
  readonly tables: SampleTable[];
  readonly problems: readonly Problem[];
} {
  const metrics = series.map((one) => metricOf(one) ?? (series.length === 1 ? 'arrivalRate' : undefined));
  const problems = metrics.flatMap((_metric, index) => seriesProblems(series, metrics, index));
  if (problems.length === 0 && !metrics.includes('arrivalRate')) problems.push(NO_ARRIVAL_RATE);
  const tables = series.map((one, index) => renamed(one.table, metrics[index] ?? 'arrivalRate'));
  return { tables, problems };
}

const NO_ARRIVAL_RATE: Problem = {
  path: 'data.result',
  got: 'no series of the arrival rate',
  allowed: 'one whose label column (or metric name) is arrival_rate_rps',
};

function metricOf({ labels }: MatrixSeries): MetricName | undefined {
  return metricOfColumn(labels.get('column') ?? labels.get('__name__') ?? '');
}

function seriesProblems(
  series: readonly MatrixSeries[],
  metrics: readonly (MetricName | undefined)[],
  index: number,
): Problem[] {
  const path = `data.result[${index}].metric`;
  const got = labelsText(series[index].labels);
  if (metrics[index] === undefined)
    return [{ path, got, allowed: `a label column (or a metric name) that is one of ${ALLOWED_COLUMNS}` }];
  const earlier = metrics.indexOf(metrics[index]);
  if (earlier === index) return [];
  return [
    { path, got, allowed: `another column than data.result[${earlier}] (wrap the query in sum(...)?)` },
  ];
}

function labelsText(labels: ReadonlyMap<string, string>): string {
  return JSON.stringify(Object.fromEntries(labels)).slice(0, 200);
}

function renamed(table: SampleTable, metric: MetricName): SampleTable {
  return { ...table, columns: table.columns.map((column) => ({ ...column, metric })) };
}
