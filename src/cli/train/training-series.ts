import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey } from '../../domain/workload.ts';
import { withoutWindows } from '../../forecast/event-reader.ts';
import { readSeries } from '../../observe/series-folder.ts';
import type { Policy } from '../../policy/policy.ts';
import type { NamedSeries } from '../../train/data-set.ts';
import { policiesToRead } from '../bootstrap/policies-to-read.ts';
import { recordedSeries } from '../evaluate/recorded-series.ts';
import type { TrainFlags } from './train-flags.ts';

/** What is learned from: the recordings, then what is kept of the policies' workloads. */
export async function trainingSeries(flags: TrainFlags): Promise<readonly NamedSeries[]> {
  const { recording = [], seriesDir } = flags;
  const recorded: NamedSeries[] = [];
  for (const file of recording) recorded.push(await recordedSeries(file, undefined));
  return seriesDir === undefined ? recorded : [...recorded, ...(await keptSeries(flags, seriesDir))];
}

async function keptSeries(flags: TrainFlags, seriesDir: string): Promise<readonly NamedSeries[]> {
  const policies = await policiesOfTraining(flags);
  const kept = policies.flatMap((policy) => keptSeriesOf(policy, seriesDir) ?? []);
  if (kept.length > 0) return kept;
  throw new PrescaleError(
    'usage',
    `--series-dir: got ${seriesDir}, which has no history of ${policies.length} policies; ` +
      'allowed: one that prescale bootstrap or prescale run --series-dir keeps',
  );
}

/** Those that are not valid are told and left out. */
export function policiesOfTraining(flags: TrainFlags): Promise<readonly Policy[]> {
  const tell = (workload: string, message: string): void =>
    void process.stderr.write(`${workload}: ${message}\n`);
  return policiesToRead(flags, tell, new AbortController().signal);
}

/** What is kept of a policy's workload, without the time that it excludes from training; undefined: nothing. */
export function keptSeriesOf(policy: Policy, seriesDir: string): NamedSeries | undefined {
  const series = readSeries(seriesDir, policy);
  if (series === undefined) return undefined;
  const { excludedFromTraining } = policy.calendar;
  return { name: workloadKey(policy.workload), series: withoutWindows(series, excludedFromTraining) };
}
