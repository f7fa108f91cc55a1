import { PrescaleError } from '../../domain/errors.ts';
import { createModels } from '../../forecast/create-models.ts';
import { createForecastChain } from '../../forecast/select-forecast.ts';
import type { Policy } from '../../policy/policy.ts';
import { compare } from '../../replay/compare.ts';
import { FAMILY_NAMES, type FamilyName } from '../../replay/families.ts';
import { createForecastsInTurn } from '../../replay/forecasts-in-turn.ts';
import type { CommandBody } from '../command-spec.ts';
import { loadedRecording } from '../evaluate/recorded-series.ts';
import { createProgress } from '../progress.ts';
import { readPolicies } from '../run/read-policies.ts';
import { replayJson, type ReplayReport } from './json.ts';
import { writePlan } from './plan-file.ts';
import { recordedWorld } from './recorded-world.ts';
import { replayText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface ReplayFlags {
  readonly policy: string;
  readonly recording: readonly string[];
  readonly baselines?: readonly FamilyName[];
  readonly plan?: string;
  readonly planPolicy: string;
  readonly physics?: string;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as ReplayFlags;
  if (flags.plan !== undefined && flags.recording.length > 1)
    throw new PrescaleError('usage', '--plan: got several recordings, allowed: one, whose plan it is');
  const [{ policy }] = await readPolicies([flags.policy]);
  const reports: ReplayReport[] = [];
  for (const file of flags.recording) {
    const report = await replayFile(file, policy, flags);
    reports.push(report);
    if (!flags.json) process.stdout.write(replayText(report, policy.cost.currency));
  }
  if (flags.json) {
    const json = reports.map(replayJson);
    process.stdout.write(`${JSON.stringify(json.length === 1 ? json[0] : { recordings: json })}\n`);
  }
  return 0;
};

async function replayFile(file: string, written: Policy, flags: ReplayFlags): Promise<ReplayReport> {
  const recording = await loadedRecording(file);
  const { world, history } = await recordedWorld(written, recording, flags.physics);
  const { policy, physics } = world;
  const progress = createProgress();
  const comparison = compare({
    world,
    history,
    forecastAt: createForecastsInTurn({
      chain: createForecastChain(createModels()),
      history,
      policy,
      tickSeconds: physics.stepSeconds,
    }),
    families: flags.baselines ?? FAMILY_NAMES,
    plugins: [],
    hooks: {
      onProgress: (doneRatio) => progress.update(doneRatio, recording.name),
    },
  });
  progress.finish();
  if (flags.plan !== undefined) await writePlan(flags.plan, flags.planPolicy, { world, comparison });
  return { recording: recording.name, stepSeconds: recording.stepSeconds, comparison };
}
