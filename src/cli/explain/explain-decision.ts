import { setTimeout as sleep } from 'node:timers/promises';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import { forecastPlot } from '../../explain/forecast-plot.ts';
import { actuationFromJson, decisionFromJson, type DecisionBody } from '../../explain/to-json.ts';
import { decisionText } from '../../explain/to-text.ts';
import type { ApiDoor } from '../api/api-door.ts';
import { newestDecision } from '../api/newest-decision.ts';
import { stopOnSignals } from '../run/stop-signals.ts';

export interface ExplainFlags {
  readonly at?: string;
  readonly watch?: true;
  readonly json?: true;
}

/** Throws `usage` for flags that contradict each other. */
export function refuseWatchOfThePast({ watch, at }: ExplainFlags): void {
  if (watch && at !== undefined)
    throw new PrescaleError(
      'usage',
      '--at: got a time with --watch, which follows the newest; allowed: one of them',
    );
}

/** Prints the newest decision, or each as it is made, until a signal; closes the door. */
export async function explainDecision(
  door: ApiDoor,
  workload: WorkloadRef,
  flags: ExplainFlags,
): Promise<void> {
  const stopping = stopOnSignals();
  try {
    await explain(door, workload, flags, stopping.signal);
  } finally {
    stopping.dispose();
    await door.close();
  }
}

async function explain(
  door: ApiDoor,
  workload: WorkloadRef,
  flags: ExplainFlags,
  signal: AbortSignal,
): Promise<void> {
  if (flags.watch) return watch(door, workload, flags, signal);
  const body = await newestDecision(door, workload, flags.at, signal);
  if (body === undefined) throw new PrescaleError('notFound', noneYet(workload, flags.at));
  process.stdout.write(textOf(body as DecisionBody, flags.json === true));
}

function noneYet(workload: WorkloadRef, at: string | undefined): string {
  return at === undefined
    ? `${workloadKey(workload)} has no decision yet: wait for the next tick`
    : `${workloadKey(workload)} has no decision from before ${at} that is still kept`;
}

async function watch(
  door: ApiDoor,
  workload: WorkloadRef,
  flags: ExplainFlags,
  signal: AbortSignal,
): Promise<void> {
  let shown: string | undefined;
  do {
    const body = (await newestOrStop(door, workload, signal)) as DecisionBody | undefined;
    if (body && body.id !== shown) process.stdout.write(textOf(body, flags.json === true));
    shown = body?.id ?? shown;
    await pause(body?.tickSeconds ?? 1, signal);
  } while (!signal.aborted);
}

/** undefined also where it was stopped while it asked. */
async function newestOrStop(door: ApiDoor, workload: WorkloadRef, signal: AbortSignal): Promise<unknown> {
  try {
    return await newestDecision(door, workload, undefined, signal);
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
