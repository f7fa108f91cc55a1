import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { invalidInput, PrescaleError } from '../../domain/errors.ts';
import type { MetricsSource, SeriesAnswer } from '../../observe/metrics-source.ts';
import type { RecordColumn } from './column-flag.ts';

/** What to record: slots that lie in [fromMs, toMs), both on the grid of the step. */
export interface RecordPlan {
  readonly columns: readonly RecordColumn[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
}

/** The slots of one stretch of time: for each column a cell by slot start; no cell where there is no sample. */
export interface RecordedStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cellsByColumn: readonly ReadonlyMap<number, number>[];
}

/** One request of each column at a time: as many points as Prometheus gives in one answer. */
const SLOTS_PER_STRETCH = 11_000;
/** Whatever its name: the source answers by query. */
const WORKLOAD = { namespace: 'record', name: 'record' };

/**
 * Reads stretch after stretch, so that a year of seconds needs no more memory than three hours. Throws where the
 * source gives less than all: a recording with a hole that the source's fault has made would be a lie.
 */
export async function* readStretches(
  source: MetricsSource,
  plan: RecordPlan,
  signal: AbortSignal,
): AsyncGenerator<RecordedStretch> {
  const { columns, stepSeconds } = plan;
  const stretchMs = SLOTS_PER_STRETCH * stepSeconds * MS_PER_SECOND;
  for (let fromMs = plan.fromMs; fromMs < plan.toMs; fromMs += stretchMs) {
    const toMs = Math.min(plan.toMs, fromMs + stretchMs);
    const requests = columns.map(({ metric, query }) => ({
      workload: WORKLOAD,
      metric,
      query,
      fromMs,
      toMs,
      stepSeconds,
    }));
    const answers = await source.read(requests, signal);
    signal.throwIfAborted();
    yield {
      fromMs,
      toMs,
      cellsByColumn: answers.map((answer, index) => cells(answer, columns[index], fromMs)),
    };
  }
}

function cells(answer: SeriesAnswer, { column }: RecordColumn, fromMs: number): ReadonlyMap<number, number> {
  if (answer.kind === 'empty') return new Map();
  if (answer.kind === 'queryRejected')
    throw invalidInput('the query', [
      { path: column, got: answer.message, allowed: 'PromQL that gives one series' },
    ]);
  if (answer.kind === 'sourceDown') throw unavailable(column, fromMs, answer.message);
  if (answer.partialMessage !== null)
    throw unavailable(column, fromMs, `the answer is incomplete: ${answer.partialMessage}`);
  const { startsAtMs, values } = answer.samples;
  return new Map([...startsAtMs].map((atMs, index) => [atMs, values[index]]));
}

function unavailable(column: string, fromMs: number, message: string): PrescaleError {
  return new PrescaleError('sourceUnavailable', `${column} from ${isoFromMs(fromMs)} on: ${message}`);
}
