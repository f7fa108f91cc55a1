import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { seriesEndMs } from '../../domain/time-series.ts';
import {
  type Artefact,
  artefactFrom,
  loadArtefact,
  type LoadedNetwork,
  networkFrom,
} from '../../infer/artefact.ts';
import { NETWORK_FILE } from '../../infer/challenger-files.ts';
import { rowColumns } from '../../forecast/models/lstm/network-inputs.ts';
import { writeArtefact } from '../../infer/write-artefact.ts';
import type { NamedSeries } from '../../train/data-set.ts';
import { fineTuningOptions } from '../../train/default-options.ts';
import { judgeChallenger, trainingPartOf, type Verdict } from '../../train/judge-challenger.ts';
import { featuresWith } from './features-flag.ts';
import { checkpointOf, runTraining, tooLittle } from './run-training.ts';
import { dataText, type TrainFlags } from './train-flags.ts';

export type FineTuneFlags = TrainFlags & { readonly from: string };

export interface FineTuned {
  /** Where it has been written; null: it has not won. */
  readonly file: string | null;
  readonly verdict: Verdict;
  readonly card: Readonly<Record<string, unknown>>;
}

/** Exit 0 whether the challenger has won or not. */
export async function fineTuneAndTell(
  flags: FineTuneFlags,
  recordings: readonly NamedSeries[],
): Promise<number> {
  const tuned = await fineTune(flags, await championOf(flags), recordings);
  if (tuned === undefined) throw tooLittle(flags);
  const { file, card, verdict } = tuned;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ file, ...card })}\n`
      : verdictText(verdict, file, join(flags.out, NETWORK_FILE)),
  );
  return 0;
}

/**
 * Champion and challenger: the challenger begins with the champion's weights, learns from the older two thirds of the
 * recordings, and is written only if it forecasts the newest third better, which neither has seen. undefined: there is too
 * little history to learn from.
 */
export async function fineTune(
  flags: FineTuneFlags,
  champion: LoadedNetwork,
  recordings: readonly NamedSeries[],
): Promise<FineTuned | undefined> {
  const { network: startFrom, artefact } = champion;
  const features = featuresWith(champion.features, flags.features ?? []);
  const trained = await runTraining(flags, {
    recordings: recordings.map((one) => ({ ...one, series: trainingPartOf(one.series) })),
    features,
    options: fineTuningOptions(flags, { ...startFrom.shape, rowColumns: rowColumns(features) }),
    startFrom: champion,
    startName: artefact.weightsSha256,
  });
  if (trained === undefined) return undefined;
  const { network, facts } = trained;
  const file = join(flags.out, NETWORK_FILE);
  const names = features.map(({ name }) => name);
  const challenger = networkFrom(artefactFrom(network, names, {}), file);
  const verdict = await judgeChallenger({ champion, challenger }, recordings);
  const card = { ...cardOf(flags, artefact, recordings), ...facts, verdict };
  if (verdict.hasWon) await writeArtefact(file, artefactFrom(network, names, card));
  await rm(checkpointOf(flags), { force: true });
  return { file: verdict.hasWon ? file : null, verdict, card };
}

/** The network of --from. Throws `usage` for units of another number: it has its own. */
export async function championOf({ from, units }: FineTuneFlags): Promise<LoadedNetwork> {
  const champion = await loadArtefact(from);
  if (units === undefined) return champion;
  const own = champion.network.shape.units;
  throw new PrescaleError(
    'usage',
    `--units: got ${units}, allowed: none with --from, whose network has ${own}`,
  );
}

/** `seenUntil`: weights know the older part, but the challenger was chosen by the newest. */
function cardOf(
  flags: FineTuneFlags,
  { weightsSha256 }: Artefact,
  recordings: readonly NamedSeries[],
): Record<string, unknown> {
  return {
    command: `prescale train --from ${basename(flags.from)} ${dataText(flags)} --generated ${flags.generated} --epochs ${flags.epochs} --patience ${flags.patience} --seed ${flags.seed} --out models`,
    fineTunedFromSha256: weightsSha256,
    seenUntil: isoFromMs(Math.max(...recordings.map(({ series }) => seriesEndMs(series)))),
  };
}

export function verdictText(verdict: Verdict, written: string | null, file: string): string {
  const { championWqlRatio, challengerWqlRatio, days, daysWon } = verdict;
  const scores = `WQL of the champion ${championWqlRatio.toFixed(4)}, of the challenger ${challengerWqlRatio.toFixed(4)}, which was better on ${daysWon} of ${days} days`;
  return written === null
    ? `the challenger has not won, ${file} is as it was: ${scores}\n`
    : `the challenger has won: ${scores}\n${file}\n`;
}
