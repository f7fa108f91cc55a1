import { writeFile } from 'node:fs/promises';
import { PrescaleError } from '../../domain/errors.ts';
import { compilePolicy } from '../../policy/compile-policy.ts';
import { parsePolicyText } from '../../policy/policy-text.ts';
import { createScoredForecasts } from '../../replay/forecasts-in-turn.ts';
import { mostPlays, tunePolicy, type Tuning } from '../../replay/tuning/tune.ts';
import type { CommandBody } from '../command-spec.ts';
import { loadedRecording } from '../evaluate/recorded-series.ts';
import { createProgress } from '../progress.ts';
import { forecastsOf } from '../replay/threads/forecast-task.ts';
import { recordedWorld, type RecordedWorld } from '../replay/recorded-world.ts';
import { tellStartup } from '../replay/tell-startup.ts';
import { refuseUnwritable } from '../replay/refuse-early.ts';
import { calendarFilesBeside } from '../validate/calendar-file.ts';
import { readPolicyFile } from '../validate/policy-file.ts';
import { tunedPolicyText } from './policy-writer.ts';
import { tuningJson, tuningText } from './text.ts';

interface TuneFlags {
  readonly policy: string;
  readonly recording: string;
  readonly out?: string;
  readonly physics?: string;
  readonly json?: true;
}

/** Exit 1 where the rest does not bear out what the first part promised: nothing is written then. */
export const run: CommandBody = async (_args, given) => {
  const flags = given as unknown as TuneFlags;
  if (flags.policy === '-' && flags.recording === '-')
    throw new PrescaleError('usage', '--policy and --recording: got - for both, allowed: for one of them');
  await refuseUnwritable({ '--out': flags.out });
  const text = await readPolicyFile(flags.policy);
  const [document] = parsePolicyText(text);
  const recording = await loadedRecording(flags.recording);
  const recorded = await recordedWorld(
    compilePolicy(document, calendarFilesBeside(flags.policy)),
    recording,
    flags.physics,
  );
  tellStartup(recorded, recording.name);
  const tuning = await tuned(recorded);
  const isWritten = flags.out !== undefined && tuning.verdict === 'Proven';
  if (isWritten) await writeFile(flags.out, tunedPolicyText(text, tuning, recording.name));
  const told = { recording: recording.name, tuning, written: isWritten ? flags.out : null };
  const { cost } = recorded.world.policy;
  process.stdout.write(flags.json ? `${JSON.stringify(tuningJson(told))}\n` : tuningText(told, cost));
  return tuning.verdict === 'NotProven' ? 1 : 0;
};

async function tuned({ world, history, live }: RecordedWorld): Promise<Tuning> {
  const task = { history, live, policy: world.policy, tickSeconds: world.physics.stepSeconds };
  const forecastAt = createScoredForecasts(task, await forecastsOf(task));
  const progress = createProgress();
  const most = mostPlays(world.policy);
  progress.update(0, 'the policy as it is');
  const tuning = tunePolicy({ world, history, forecastAt }, (plays) =>
    progress.update(plays / most, `${plays} plays`),
  );
  progress.finish();
  return tuning;
}
