import { PrescaleError } from '../../domain/errors.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { createMetricsSources } from '../../observe/metrics-sources.ts';
import type { MetricsSource } from '../../observe/metrics-source.ts';
import {
  DEFAULT_SOURCE,
  loadPrometheusConfig,
  type PrometheusConfig,
  prometheusConfigFromUrl,
} from '../../observe/prometheus/prometheus-config.ts';
import type { CommandBody } from '../command-spec.ts';
import { createProgress } from '../progress.ts';
import { stopOnSignals } from '../run/stop-signals.ts';
import { csvHeader, CsvRows, type RecordSummary } from './csv-rows.ts';
import { readStretches, type RecordPlan } from './read-rows.ts';
import { type RecordFlags, recordPlan } from './record-plan.ts';
import { recordJson, recordText } from './summary-text.ts';
import { writeOut, writeWhole } from './write-file.ts';

/** Rows go to the file (or to stdout), the summary to stdout (or to stderr where the rows go to stdout). */
export const run: CommandBody = async (_args, given) => {
  const flags = given as unknown as RecordFlags;
  const plan = recordPlan(flags);
  const sources = createMetricsSources(await configsOf(flags));
  const stopping = stopOnSignals();
  try {
    const source = sources.named(flags.source ?? DEFAULT_SOURCE, '--source');
    const summary = await recordTo(flags.out, { source, plan, signal: stopping.signal });
    const text = flags.json === true ? recordJson : recordText;
    (flags.out === '-' ? process.stderr : process.stdout).write(text(flags.out, plan, summary));
    return 0;
  } finally {
    stopping.dispose();
    await sources.close();
  }
};

async function configsOf({
  prometheus,
  prometheusConfig,
}: RecordFlags): Promise<readonly PrometheusConfig[]> {
  if (prometheusConfig !== undefined) return loadPrometheusConfig(prometheusConfig);
  return prometheus === undefined ? [] : [prometheusConfigFromUrl(prometheus)];
}

interface Job {
  readonly source: MetricsSource;
  readonly plan: RecordPlan;
  readonly signal: AbortSignal;
}

async function recordTo(out: string, job: Job): Promise<RecordSummary> {
  const rows = new CsvRows(job.plan);
  const text = csvText(rows, job);
  await (out === '-' ? writeOut(text) : writeWhole(out, text, job.signal));
  return rows.summary;
}

/** The whole file, stretch by stretch. Nothing is written where there is nothing at all to record. */
async function* csvText(rows: CsvRows, { source, plan, signal }: Job): AsyncGenerator<string> {
  const progress = createProgress();
  try {
    let pending = csvHeader(plan);
    for await (const stretch of readStretches(source, plan, signal)) {
      pending += rows.textOf(stretch);
      const doneRatio = (stretch.toMs - plan.fromMs) / (plan.toMs - plan.fromMs);
      progress.update(doneRatio, `recorded until ${isoFromMs(stretch.toMs)}`);
      if (rows.summary.rows === 0) continue;
      yield pending;
      pending = '';
    }
    if (rows.summary.rows === 0) throw new PrescaleError('notFound', NOTHING_RECORDED);
  } finally {
    progress.finish();
  }
}

const NOTHING_RECORDED = 'the source has no sample of the query in this time: nothing was written';
