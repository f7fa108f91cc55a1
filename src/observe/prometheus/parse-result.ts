import { MS_PER_SECOND } from '../../domain/clock.ts';
import {
  down,
  type Envelope,
  type PrometheusAnswer,
  type PrometheusFault,
  rejected,
} from './prometheus-answer.ts';

type Samples = Extract<PrometheusAnswer, { kind: 'samples' }>;

/** The samples of a successful answer to a query that must give one series, as a matrix, a vector or a scalar. */
export function parseResult({ data }: Envelope): PrometheusAnswer {
  const { resultType, result } = data ?? {};
  if (!Array.isArray(result)) return brokenForm();
  switch (resultType) {
    case 'matrix':
    case 'vector':
      return fromSeries(result as unknown[]);
    case 'scalar':
      return fromPairs([result]);
    case 'string':
      return rejected('the query gives a text, wants a number');
    default:
      return brokenForm();
  }
}

/** One answer for many: `of` gives the part with a key, samples of none where no series has it. */
export type SplitResult = { readonly kind: 'split'; of(key: string): PrometheusAnswer } | PrometheusFault;

/** The series of a successful answer, sorted by what `keyOf` gives their labels. */
export function seriesBy(
  { data }: Envelope,
  keyOf: (metric: Readonly<Record<string, unknown>>) => string,
): SplitResult {
  const { resultType, result } = data ?? {};
  if (!Array.isArray(result) || (resultType !== 'matrix' && resultType !== 'vector')) return brokenForm();
  const byKey = new Map<string, unknown[]>();
  for (const one of result as unknown[]) {
    const { metric } = (one ?? {}) as { readonly metric?: unknown };
    if (typeof metric !== 'object' || metric === null) return brokenForm();
    const key = keyOf(metric as Readonly<Record<string, unknown>>);
    const series = byKey.get(key);
    if (series === undefined) byKey.set(key, [one]);
    else series.push(one);
  }
  return { kind: 'split', of: (key) => fromSeries(byKey.get(key) ?? []) };
}

function fromSeries(series: readonly unknown[]): PrometheusAnswer {
  if (series.length === 0) return samples([], []);
  if (series.length > 1)
    return rejected(`query returned ${series.length} series, wants 1: wrap it in sum(...)`);
  const { value, values, histogram, histograms } = (series[0] ?? {}) as Readonly<Record<string, unknown>>;
  if ((histogram ?? histograms) !== undefined)
    return rejected('the query gives native histograms, wants numbers');
  return fromPairs(values ?? [value]);
}

function fromPairs(pairs: unknown): PrometheusAnswer {
  if (!Array.isArray(pairs)) return brokenForm();
  const stampsAtMs: number[] = [];
  const values: number[] = [];
  for (const pair of pairs as unknown[]) {
    const [seconds, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const value = typeof text === 'string' ? floatFromPrometheus(text) : undefined;
    if (typeof seconds !== 'number' || value === undefined) return brokenForm();
    stampsAtMs.push(Math.round(seconds * MS_PER_SECOND));
    values.push(value);
  }
  // Cut to their length: what grows has room for more, and a tick holds these of a whole fleet.
  return samples(stampsAtMs.slice(), values.slice());
}

function samples(stampsAtMs: readonly number[], values: readonly number[]): Samples {
  return { kind: 'samples', stampsAtMs, values, warning: null };
}

function brokenForm(): PrometheusFault {
  return down('the answer has not the form of Prometheus');
}

const SPECIAL_FLOATS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Inf: Infinity,
  '+Inf': Infinity,
  '-Inf': -Infinity,
};
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** "12.5", "1e-07", "NaN", "+Inf" as Prometheus writes numbers; undefined for anything else. */
export function floatFromPrometheus(text: string): number | undefined {
  if (Object.hasOwn(SPECIAL_FLOATS, text)) return SPECIAL_FLOATS[text];
  return DECIMAL.test(text) ? Number(text) : undefined;
}
