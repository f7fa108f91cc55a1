import { mkdir } from 'node:fs/promises';
import { createSystemClock } from '../../control/clocks/system-clock.ts';
import { workloadKey } from '../../domain/workload.ts';
import { createMetricsSources } from '../../observe/metrics-sources.ts';
import { readSeries, seriesFileName, writeSeries } from '../../observe/series-folder.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CommandBody } from '../command-spec.ts';
import { prometheusConfigs } from '../run/pair-sources.ts';
import { stopOnSignals } from '../run/stop-signals.ts';
import { refuseContradictions, type BootstrapFlags } from './bootstrap-flags.ts';
import { policiesToRead } from './policies-to-read.ts';
import { readHistories, type HistoriesRead } from './read-histories.ts';
import { isInShare } from './share-flag.ts';
import { summaryText, type BootstrapSummary } from './summary-text.ts';
import { createRoundsTeller } from './tell-rounds.ts';

/** 0: of every workload of the share, what its source has is kept; 1: not of all, and running it again goes on from here. */
export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as BootstrapFlags;
  refuseContradictions(flags);
  const { share, seriesDir, json } = flags;
  await mkdir(seriesDir, { recursive: true });
  const stopping = stopOnSignals();
  const sources = createMetricsSources(await prometheusConfigs(flags));
  try {
    const policies = await policiesToRead(flags, tell, stopping.signal);
    const own = policies.filter(({ workload }) => isInShare(share, workloadKey(workload)));
    const unread = own.filter((policy) => readSeries(seriesDir, policy) === undefined);
    const result = await readAll(unread, { seriesDir, sources, stop: stopping.signal });
    for (const { workload, message } of [...result.refused, ...result.failed]) tell(workload, message);
    const summary: BootstrapSummary = {
      share,
      workloads: own.length,
      known: own.length - unread.length,
      ...result,
    };
    process.stdout.write(json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
    return result.failed.length === 0 ? 0 : 1;
  } finally {
    stopping.dispose();
    await sources.close();
  }
};

interface Reading {
  readonly seriesDir: string;
  readonly sources: ReturnType<typeof createMetricsSources>;
  readonly stop: AbortSignal;
}

async function readAll(
  policies: readonly Policy[],
  { seriesDir, sources, stop }: Reading,
): Promise<HistoriesRead> {
  const unread = policies.map((policy) => ({
    policy,
    source: sources.named(policy.metrics.source, `spec.metrics.source of ${workloadKey(policy.workload)}`),
  }));
  const teller = createRoundsTeller(policies.length);
  try {
    const clock = createSystemClock();
    const save = (policy: Policy, series: Parameters<typeof writeSeries>[2]): Promise<void> =>
      writeSeries(seriesDir, seriesFileName(policy), series);
    return await readHistories(unread, { clock, save, onRound: (done) => teller.told(done) }, stop);
  } finally {
    teller.finish();
  }
}

function tell(workload: string, message: string): void {
  process.stderr.write(`${workload}: ${message}\n`);
}
