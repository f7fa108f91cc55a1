import { InvalidArgumentError } from 'commander';
import { METRIC_BY_COLUMN, type MetricName } from '../../domain/metric-name.ts';

/** A column of the recording to make, and the PromQL that fills it. */
export interface RecordColumn {
  readonly column: string;
  readonly metric: MetricName;
  readonly query: string;
}

/** `in_flight=sum(in_flight)`; may be given several times, each column once. The arrival rate has a flag of its own. */
export function columnFlag(text: string, soFar: readonly RecordColumn[] = []): RecordColumn[] {
  const [column, ...rest] = text.split('=');
  const query = rest.join('=').trim();
  const metric = Object.hasOwn(METRIC_BY_COLUMN, column) ? METRIC_BY_COLUMN[column] : undefined;
  if (metric === undefined || metric === 'arrivalRate' || query === '')
    throw new InvalidArgumentError(`Got "${text}", allowed: <name>=<promql> with one of ${COLUMNS}.`);
  if (soFar.some((other) => other.metric === metric))
    throw new InvalidArgumentError(`Got "${column}" twice, allowed: each column once.`);
  return [...soFar, { column, metric, query }];
}

const COLUMNS = Object.keys(METRIC_BY_COLUMN)
  .filter((column) => METRIC_BY_COLUMN[column] !== 'arrivalRate')
  .join(', ');
