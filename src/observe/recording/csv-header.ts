import type { Problem } from '../../domain/errors.ts';
import { METRIC_BY_COLUMN, type MetricName } from '../../domain/metric-name.ts';

export const ALLOWED_COLUMNS = Object.keys(METRIC_BY_COLUMN).join(', ');
const REQUIRED_COLUMNS = Object.keys(METRIC_BY_COLUMN).filter(
  (column) => METRIC_BY_COLUMN[column] === 'arrivalRate',
);

/** The metric of a column, also of one that is named like something every object has. */
export function metricOfColumn(column: string): MetricName | undefined {
  return Object.hasOwn(METRIC_BY_COLUMN, column) ? METRIC_BY_COLUMN[column] : undefined;
}

export interface CsvHeader {
  readonly columnNames: readonly string[];
  readonly metrics: readonly MetricName[];
  readonly problems: readonly Problem[];
}

/** `timestamp,arrival_rate_rps,…`; a trailing comma is no column. Names every problem of the line at once. */
export function parseCsvHeader(line: string): CsvHeader {
  const names = line.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  while (names.length > 1 && names.at(-1) === '') names.pop();
  const [first = '', ...columnNames] = names;
  if (first !== 'timestamp') return { columnNames, metrics: [], problems: [firstColumnProblem(line)] };
  const problems = columnNames.flatMap((name, index) => columnProblems(columnNames, name, index));
  const metrics = columnNames.map(metricOfColumn).filter((metric) => metric !== undefined);
  if (!metrics.includes('arrivalRate')) problems.push(missingRateProblem(columnNames));
  return { columnNames, metrics, problems };
}

function firstColumnProblem(line: string): Problem {
  return {
    path: 'line 1',
    got: JSON.stringify(line.slice(0, 80)),
    allowed: `a header such as "timestamp,${REQUIRED_COLUMNS[0]}", separated by commas`,
  };
}

function columnProblems(names: readonly string[], name: string, index: number): Problem[] {
  const metric = metricOfColumn(name);
  const path = `line 1, column ${index + 2}`;
  if (metric === undefined) return [{ path, got: JSON.stringify(name), allowed: ALLOWED_COLUMNS }];
  const earlier = names.slice(0, index).find((other) => metricOfColumn(other) === metric);
  if (earlier === undefined) return [];
  const allowed = earlier === name ? `${name} once` : `either ${earlier} or ${name}: they are the same`;
  return [{ path, got: `both ${earlier} and ${name}`, allowed }];
}

function missingRateProblem(columnNames: readonly string[]): Problem {
  return {
    path: 'line 1',
    got: columnNames.length === 0 ? 'no column beside timestamp' : `columns ${columnNames.join(', ')}`,
    allowed: `the required column ${REQUIRED_COLUMNS.join(' or ')} among them`,
  };
}
