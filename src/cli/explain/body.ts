import { setTimeout as sleep } from 'node:timers/promises';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import { forecastPlot } from '../../explain/forecast-plot.ts';
import { actuationFromJson, decisionFromJson, type DecisionBody } from '../../explain/to-json.ts';
import { decisionText } from '../../explain/to-text.ts';
import type { CommandBody } from '../command-spec.ts';
import { stopOnSignals } from '../run/stop-signals.ts';
import { readDecision } from './api-reader.ts';

interface ExplainFlags {
  readonly api: string;
  readonly tokenFile?: string;
  readonly at?: string;
  readonly watch?: true;
  readonly json?: true;
}

export const run: CommandBody = async ([workload], given) => {
  const flags = given as unknown as ExplainFlags;
  if (flags.watch && flags.at !== undefined)
    throw new PrescaleError(
      'usage',
      '--at: got a time with --watch, which follows the newest; allowed: one of them',
    );
  const stopping = stopOnSignals();
  try {
    await explain(workload as WorkloadRef, flags, stopping.signal);
    return 0;
  } finally {
    stopping.dispose();
  }
};

async function explain(workload: WorkloadRef, flags: ExplainFlags, signal: AbortSignal): Promise<void> {
  if (flags.watch) return watch(workload, flags, signal);
  const body = await readDecision(workload, flags.at, { ...flags, signal });
  if (body === undefined) throw new PrescaleError('notFound', noneYet(workload, flags.at));
  process.stdout.write(textOf(body as DecisionBody, flags.json === true));
}

function noneYet(workload: WorkloadRef, at: string | undefined): string {
  return at === undefined
    ? `${workloadKey(workload)} has no decision yet: wait for the next tick`
    : `${workloadKey(workload)} has no decision from before ${at} that is still kept`;
}

async function watch(workload: WorkloadRef, flags: ExplainFlags, signal: AbortSignal): Promise<void> {
  let shown: string | undefined;
  do {
    const body = (await newestOrStop(workload, flags, signal)) as DecisionBody | undefined;
    if (body && body.id !== shown) process.stdout.write(textOf(body, flags.json === true));
    shown = body?.id ?? shown;
    await pause(body?.tickSeconds ?? 1, signal);
  } while (!signal.aborted);
}

/** undefined also where it was stopped while it asked. */
async function newestOrStop(
  workload: WorkloadRef,
  flags: ExplainFlags,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await readDecision(workload, undefined, { ...flags, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function textOf(body: DecisionBody, asJson: boolean): string {
  if (asJson) return `${JSON.stringify(body)}\n`;
  const decision = decisionFromJson(body);
  const plot = forecastPlot(decision);
  return `${decisionText(decision, actuationFromJson(body))}\n${plot === '' ? '' : `\n${plot}\n`}\n`;
}

/** Half a tick, so that no decision waits for long to be shown. */
async function pause(tickSeconds: number, signal: AbortSignal): Promise<void> {
  await sleep((tickSeconds * MS_PER_SECOND) / 2, undefined, { signal }).catch(() => undefined);
}
