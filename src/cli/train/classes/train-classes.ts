import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { classNetworkFile } from '../../../infer/challenger-files.ts';
import type { LoadedNetwork } from '../../../infer/artefact.ts';
import type { Verdict } from '../../../train/judge-challenger.ts';
import { championOf, fineTune, type FineTuneFlags, verdictText } from '../fine-tune.ts';
import { policiesOfTraining } from '../training-series.ts';
import { lastTraining, trainingId, writeRecord } from './class-record.ts';
import { classesToTrain, type WorkloadClass } from './classes-to-train.ts';
import { historiesOfClass } from './histories-of-class.ts';

export type ClassFlags = FineTuneFlags & { readonly seriesDir: string };

/** What came of a class; as it is, the answer for programs. */
export interface TrainedClass {
  readonly class: string;
  /** Whose policies name it, and those of them whose history was learned from. */
  readonly workloads: number;
  readonly learnedFrom: number;
  /** `known`: it was trained on this very history before, with --resume. */
  readonly outcome: 'won' | 'notWon' | 'tooLittle' | 'known';
  /** The network that has been written; null: none was. */
  readonly file: string | null;
  readonly verdict: Verdict | null;
}

/**
 * Fine-tunes one network for each class of workloads, into a folder of its name, one class after the other: whoever is
 * killed loses an epoch at most. Each is held against the champion on its own (see fineTune). Exit 0 whoever has won.
 */
export async function trainClasses(flags: ClassFlags): Promise<number> {
  const champion = await championOf(flags);
  const classes = classesToTrain(await policiesOfTraining(flags), flags);
  const results: TrainedClass[] = [];
  for (const one of classes) {
    const result = await trainClass(flags, champion, one);
    results.push(result);
    (flags.json ? process.stderr : process.stdout).write(resultText(result, flags));
  }
  if (flags.json) process.stdout.write(`${JSON.stringify({ classes: results })}\n`);
  else if (classes.length === 0) process.stdout.write('no class to train\n');
  return 0;
}

async function trainClass(
  flags: ClassFlags,
  champion: LoadedNetwork,
  { name, policies }: WorkloadClass,
): Promise<TrainedClass> {
  const histories = historiesOfClass({ name, policies }, flags.seriesDir);
  const told = {
    ...{ class: name, workloads: policies.length, learnedFrom: histories.length },
    ...{ file: null, verdict: null },
  };
  if (histories.length === 0) return { ...told, outcome: 'tooLittle' };
  const out = dirname(classNetworkFile(flags.out, name));
  await mkdir(out, { recursive: true });
  const training = trainingId(flags, champion, histories);
  if (flags.resume && (await lastTraining(out)) === training) return { ...told, outcome: 'known' };
  const tuned = await fineTune({ ...flags, class: [name], out }, champion, histories);
  await writeRecord(out, { training, verdict: tuned?.verdict ?? null });
  if (tuned === undefined) return { ...told, outcome: 'tooLittle' };
  const { file, verdict } = tuned;
  return { ...told, file, verdict, outcome: verdict.hasWon ? 'won' : 'notWon' };
}

function resultText(
  { class: name, outcome, file, verdict, ...counts }: TrainedClass,
  flags: ClassFlags,
): string {
  const of = `class ${name}, ${counts.learnedFrom} of ${counts.workloads} workloads`;
  if (outcome === 'known') return `${of}: trained on this history before\n`;
  if (verdict === null) return `${of}: too little history to learn from\n`;
  return `${of}: ${verdictText(verdict, file, classNetworkFile(flags.out, name))}`;
}
