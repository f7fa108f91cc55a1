import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey } from '../../domain/workload.ts';
import { withoutWindows } from '../../forecast/event-reader.ts';
import { readSeries } from '../../observe/series-folder.ts';
import type { NamedSeries } from '../../train/data-set.ts';
import { policiesToRead } from '../bootstrap/policies-to-read.ts';
import { recordedSeries } from '../evaluate/recorded-series.ts';
import type { TrainFlags } from './train-flags.ts';

/** What is learned from: the recordings, then what is kept of the policies' workloads. */
export async function trainingSeries(flags: TrainFlags): Promise<readonly NamedSeries[]> {
  const { recording = [], seriesDir } = flags;
  refusePoliciesAlone(flags);
  if (recording.length === 0 && seriesDir === undefined)
    throw new PrescaleError(
      'usage',
      '--recording, --series-dir: got neither, allowed: recordings, or the histories that a controller keeps',
    );
  const recorded: NamedSeries[] = [];
  for (const file of recording) recorded.push(await recordedSeries(file, undefined));
  return seriesDir === undefined ? recorded : [...recorded, ...(await keptSeries(flags, seriesDir))];
}

function refusePoliciesAlone(flags: TrainFlags): void {
  if (flags.seriesDir !== undefined) return;
  const named = (['policy', 'namespace', 'kubeconfig'] as const).find((flag) => flags[flag] !== undefined);
  if (named === undefined) return;
  throw new PrescaleError('usage', `--${named}: got no --series-dir, allowed: only with it`);
}

/** Without the time that a policy excludes from training. */
async function keptSeries(flags: TrainFlags, seriesDir: string): Promise<readonly NamedSeries[]> {
  const tell = (workload: string, message: string): void =>
    void process.stderr.write(`${workload}: ${message}\n`);
  const policies = await policiesToRead(flags, tell, new AbortController().signal);
  const kept = policies.flatMap((policy) => {
    const series = readSeries(seriesDir, policy);
    if (series === undefined) return [];
    const { excludedFromTraining } = policy.calendar;
    return [{ name: workloadKey(policy.workload), series: withoutWindows(series, excludedFromTraining) }];
  });
  if (kept.length > 0) return kept;
  throw new PrescaleError(
    'usage',
    `--series-dir: got ${seriesDir}, which has no history of ${policies.length} policies; ` +
      'allowed: one that prescale bootstrap or prescale run --series-dir keeps',
  );
}
