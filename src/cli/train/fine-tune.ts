import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { seriesEndMs } from '../../domain/time-series.ts';
import { type Artefact, artefactFrom, loadArtefact, networkFrom } from '../../infer/artefact.ts';
import { writeArtefact } from '../../infer/write-artefact.ts';
import type { NamedSeries } from '../../train/data-set.ts';
import { fineTuningOptions } from '../../train/default-options.ts';
import { judgeChallenger, trainingPartOf, type Verdict } from '../../train/judge-challenger.ts';
import { checkpointOf, runTraining } from './run-training.ts';
import { dataText, type TrainFlags } from './train-flags.ts';

type FineTuneFlags = TrainFlags & { readonly from: string };

/**
 * Champion and challenger: the challenger begins with the champion's weights, learns from the older two thirds of the
 * recordings, and is written only if it forecasts the newest third better, which neither has seen. Exit 0 in both cases.
 */
export async function fineTune(flags: FineTuneFlags, recordings: readonly NamedSeries[]): Promise<number> {
  const champion = await loadArtefact(flags.from);
  const { network: startFrom, features, artefact } = champion;
  if (flags.units !== undefined) throw otherUnits(flags.units, startFrom.shape.units);
  const { network, facts } = await runTraining(flags, {
    recordings: recordings.map(({ name, series }) => ({ name, series: trainingPartOf(series) })),
    features,
    options: fineTuningOptions(flags, startFrom.shape),
    startFrom,
    startName: artefact.weightsSha256,
  });
  const file = join(flags.out, 'lstm.json');
  const challenger = networkFrom(artefactFrom(network, artefact.features, {}), file);
  const verdict = judgeChallenger({ champion, challenger }, recordings);
  const card = { ...cardOf(flags, artefact, recordings), ...facts, verdict };
  if (verdict.hasWon) await writeArtefact(file, artefactFrom(network, artefact.features, card));
  await rm(checkpointOf(flags), { force: true });
  const written = verdict.hasWon ? file : null;
  process.stdout.write(
    flags.json ? `${JSON.stringify({ file: written, ...card })}\n` : verdictText(verdict, written, file),
  );
  return 0;
}

function otherUnits(units: number, own: number): PrescaleError {
  const message = `--units: got ${units}, allowed: none with --from, whose network has ${own}`;
  return new PrescaleError('usage', message);
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

function verdictText(verdict: Verdict, written: string | null, file: string): string {
  const { championWqlRatio, challengerWqlRatio, days, daysWon } = verdict;
  const scores = `WQL of the champion ${championWqlRatio.toFixed(4)}, of the challenger ${challengerWqlRatio.toFixed(4)}, which was better on ${daysWon} of ${days} days`;
  return written === null
    ? `the challenger has not won, ${file} is as it was: ${scores}\n`
    : `the challenger has won: ${scores}\n${file}\n`;
}
