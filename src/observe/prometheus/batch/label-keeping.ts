/**
 * Functions that give one series for each series that they get (`histogram_quantile`: for each set of buckets), with
 * its labels but the name. https://prometheus.io/docs/prometheus/latest/querying/functions/
 */
export const SERIES_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['rate', 'irate', 'increase', 'delta', 'idelta', 'deriv', 'predict_linear', 'changes', 'resets'],
  ...['avg', 'min', 'max', 'sum', 'count', 'quantile', 'stddev', 'stdvar', 'last', 'present'].map(
    (statistic) => `${statistic}_over_time`,
  ),
  ...['abs', 'ceil', 'floor', 'round', 'exp', 'ln', 'log2', 'log10', 'sqrt', 'sgn'],
  ...['clamp', 'clamp_min', 'clamp_max', 'timestamp', 'histogram_quantile'],
]);

/** Aggregations whose result has the labels of `by` alone. */
export const AGGREGATIONS: ReadonlySet<string> = new Set([
  ...['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'quantile'],
]);
