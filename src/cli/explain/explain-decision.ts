import { setTimeout as sleep } from 'node:timers/promises';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import { forecastPlot } from '../../explain/forecast-plot.ts';
import { actuationFromJson, decisionFromJson, type DecisionBody } from '../../explain/to-json.ts';
import { decisionText } from '../../explain/to-text.ts';
import type { ApiDoor } from '../api/api-door.ts';
import { newestDecision } from '../api/newest-decision.ts';
import { whenReaderGone } from '../gone-reader.ts';
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
  const listened = whenReaderGone(() => stopping.stop('standard output is closed'));
  try {
    await explain(door, workload, flags, stopping.signal);
  } finally {
    listened();
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

/** Goes on while the API is away for a moment, such as a controller that is updated, and says so; not without a first answer. */
async function watch(
  door: ApiDoor,
  workload: WorkloadRef,
  flags: ExplainFlags,
  signal: AbortSignal,
): Promise<void> {
  let before: Asked = {};
  let asked = await newestOrTrouble(door, workload, signal);
  if (asked.trouble) throw asked.trouble;
  while (!signal.aborted) {
    showWhatIsNew(asked, before, flags.json === true);
    before = { body: asked.body ?? before.body, trouble: asked.trouble };
    await pause(before.body?.tickSeconds ?? 1, signal);
    asked = await newestOrTrouble(door, workload, signal);
  }
}

function showWhatIsNew({ body, trouble }: Asked, before: Asked, asJson: boolean): void {
  if (body && body.id !== before.body?.id) process.stdout.write(textOf(body, asJson));
  if (trouble && !before.trouble) process.stderr.write(`prescale: ${trouble.message}; asking again\n`);
}

interface Asked {
  /** undefined: no decision yet. */
  readonly body?: DecisionBody | undefined;
  /** What may pass. */
  readonly trouble?: PrescaleError | undefined;
}

async function newestOrTrouble(door: ApiDoor, workload: WorkloadRef, signal: AbortSignal): Promise<Asked> {
  try {
    return { body: (await newestDecision(door, workload, undefined, signal)) as DecisionBody | undefined };
  } catch (error) {
    if (signal.aborted) return {};
    if (error instanceof PrescaleError && error.retryable) return { trouble: error };
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
