import { createDecisionFeed } from '../../api/decision-feed.ts';
import type { DecisionFeed } from '../../api/ports.ts';
import type { ApiServer } from '../../api/server.ts';
import { createSystemClock } from '../../control/clocks/system-clock.ts';
import type { Clock } from '../../domain/clock.ts';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { CommandBody } from '../command-spec.ts';
import { whenReaderGone } from '../gone-reader.ts';
import { assembleController, type Controller } from './assemble-controller.ts';
import { createDecisionPrinter } from './decision-printer.ts';
import { headerText } from './header-text.ts';
import { pairSources, type Paired } from './pair-sources.ts';
import { planRun } from './plan-run.ts';
import { asRecommended, readPolicies } from './read-policies.ts';
import {
  historySettings,
  playsThePast,
  printMode,
  refuseContradictions,
  seriesDirectory,
  type RunFlags,
} from './run-flags.ts';
import { servedNetwork } from './served-network.ts';
import { CLOSE_GRACE_SECONDS, FED_DECISIONS_KEPT, serveApi } from './serve-api.ts';
import { stopOnSignals, type StopSignals } from './stop-signals.ts';
import { summaryText } from './summary-text.ts';
import { tellAssumedStartup } from './tell-assumed-startup.ts';

/** Runs until what is played ends (and with --keep-serving beyond), or until a signal; 0 in both cases. */
export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as RunFlags;
  refuseContradictions(flags);
  if (flags.policy === undefined) return (await import('./cluster/run-in-cluster.ts')).runInCluster(flags);
  const loaded = asRecommended(await readPolicies(flags.policy), flags.dryRun === true);
  for (const { policy } of loaded) tellAssumedStartup(policy);
  const stopping = stopOnSignals();
  const closing: (() => Promise<void>)[] = [];
  // Whoever read our output has gone: there is nobody left to play for.
  const listened = whenReaderGone(() => stopping.stop('standard output is closed'));
  try {
    const controller = assembleController({
      tickSeconds: flags.tick,
      logger: loggerFor(flags),
      ...(await servedNetwork(flags)),
      history: historySettings(flags),
      seriesDirectory: seriesDirectory(flags),
    });
    closing.push(() => controller.close());
    const realClock = createSystemClock();
    const feed = createDecisionFeed({ startedAtMs: realClock.nowMs(), keptEvents: FED_DECISIONS_KEPT });
    const api = await serveApi(controller, feed, flags);
    closing.push(() => {
      feed.close();
      return api.close(CLOSE_GRACE_SECONDS);
    });
    const paired = await pairSources(loaded, flags, stopping.signal);
    for (const source of new Set(paired.map((one) => one.source))) closing.push(() => source.close());
    await play({ flags, controller, api, feed, paired, stopping, realClock });
    return 0;
  } catch (error) {
    // A stop while recordings were read is a stop like any other.
    if (stopping.signal.aborted && error === stopping.signal.reason) return 0;
    throw error;
  } finally {
    await Promise.all(closing.map((close) => close()));
    listened();
    stopping.dispose();
  }
};

function loggerFor(flags: RunFlags): ReturnType<typeof createLogger> {
  return createLogger(flags.logLevel ?? (playsThePast(flags) ? 'error' : 'info'));
}

interface Play {
  readonly flags: RunFlags;
  readonly controller: Controller;
  readonly api: ApiServer;
  readonly feed: DecisionFeed;
  readonly paired: readonly Paired[];
  readonly stopping: StopSignals;
  readonly realClock: Clock;
}

async function play({ flags, controller, api, feed, paired, stopping, realClock }: Play): Promise<void> {
  const plan = planRun(paired, flags, realClock.nowMs());
  // The machine-readable output is decisions and nothing else.
  const people = flags.json === true ? process.stderr : process.stdout;
  people.write(headerText(paired, plan, { tickSeconds: flags.tick, url: api.url }));
  controller.attend(paired, plan.attendances);
  const printer = createDecisionPrinter(process.stdout, printMode(flags));
  const beganMs = realClock.monotonicMs();
  await controller.run(plan, realClock, {
    onDecided: (batch) => {
      feed.publish(batch);
      return printer.print(batch);
    },
    stop: stopping.signal,
  });
  const realSeconds = (realClock.monotonicMs() - beganMs) / MS_PER_SECOND;
  const summary = controller.summary();
  if (flags.json === true)
    process.stdout.write(`${JSON.stringify({ summary: { ...summary, realSeconds } })}\n`);
  else people.write(`${summaryText(summary, { tickSeconds: flags.tick, realSeconds })}\n`);
  if (flags.keepServing !== true || stopping.signal.aborted) return;
  people.write(`the play has ended; the API on ${api.url} goes on until a signal\n`);
  await new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
}
