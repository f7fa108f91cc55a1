import { writeFile } from 'node:fs/promises';
import { PrescaleError } from '../../domain/errors.ts';
import { createModels } from '../../forecast/create-models.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { createForecastChain } from '../../forecast/select-forecast.ts';
import type { Policy } from '../../policy/policy.ts';
import { pairedIntervals } from '../../replay/bootstrap.ts';
import { compare, PRESCALE, type Comparison } from '../../replay/compare.ts';
import { FAMILY_NAMES, type FamilyName } from '../../replay/families.ts';
import { createForecastsInTurn } from '../../replay/forecasts-in-turn.ts';
import type { ReplayWorld } from '../../replay/play.ts';
import { judgeRequirement, type Requirement, type RequirementVerdict } from '../../replay/requirement.ts';
import { verdictOf } from '../../replay/verdict.ts';
import type { CommandBody } from '../command-spec.ts';
import { loadedRecording } from '../evaluate/recorded-series.ts';
import { createProgress } from '../progress.ts';
import { readPolicies } from '../run/read-policies.ts';
import { replayJson, type ReplayReport } from './json.ts';
import { replayMarkdown } from './markdown.ts';
import { writePlan } from './plan-file.ts';
import { recordedWorld, type RecordedWorld } from './recorded-world.ts';
import { replayText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface ReplayFlags {
  readonly policy: string;
  readonly recording: readonly string[];
  readonly baselines?: readonly FamilyName[];
  readonly plan?: string;
  readonly planPolicy: string;
  readonly physics?: string;
  readonly require?: readonly Requirement[];
  readonly markdown?: string;
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
    if (!flags.json) process.stdout.write(replayText(report));
  }
  if (flags.markdown !== undefined) await writeFile(flags.markdown, reports.map(replayMarkdown).join('\n'));
  if (flags.json) {
    const json = reports.map(replayJson);
    process.stdout.write(`${JSON.stringify(json.length === 1 ? json[0] : { recordings: json })}\n`);
  }
  return reports.some(({ requirements }) => requirements.some(({ kind }) => kind === 'broken')) ? 1 : 0;
};

async function replayFile(file: string, written: Policy, flags: ReplayFlags): Promise<ReplayReport> {
  const recording = await loadedRecording(file);
  const recorded = await recordedWorld(written, recording, flags.physics);
  const { world } = recorded;
  const comparison = await compareShown(recorded, recording.name, flags.baselines ?? FAMILY_NAMES);
  const requirements = judged(flags.require ?? [], comparison);
  if (flags.plan !== undefined) await writePlan(flags.plan, flags.planPolicy, { world, comparison });
  return {
    recording: recording.name,
    stepSeconds: recording.stepSeconds,
    currency: world.policy.cost.currency,
    comparison,
    intervals: intervalsOf(comparison, world),
    verdict: verdictOf({
      comparison,
      slo: world.policy.slo,
      cost: world.policy.cost,
      seed: world.physics.seed,
    }),
    requirements,
  };
}

async function compareShown(
  { world, history }: RecordedWorld,
  name: string,
  families: readonly FamilyName[],
): Promise<Comparison> {
  const progress = createProgress();
  const comparison = compare({
    world,
    history,
    forecastAt: createForecastsInTurn({
      chain: createForecastChain(createModels(await shippedNetwork())),
      history,
      policy: world.policy,
      tickSeconds: world.physics.stepSeconds,
    }),
    families,
    plugins: [],
    hooks: { onProgress: (doneRatio) => progress.update(doneRatio, name) },
  });
  progress.finish();
  return comparison;
}

function intervalsOf({ policies }: Comparison, { policy, physics }: ReplayWorld): ReplayReport['intervals'] {
  const own = policies.find(({ name }) => name === PRESCALE);
  const others = policies.filter((one) => one !== own);
  return new Map(
    others.flatMap(({ name, days }) => {
      const intervals = pairedIntervals(own?.days ?? [], days, policy.cost, physics.seed);
      return intervals === undefined ? [] : [[name, intervals] as const];
    }),
  );
}

/** A requirement on a policy that was not played is a typing error, and CI must not take it for kept. */
function judged(requirements: readonly Requirement[], { policies }: Comparison): RequirementVerdict[] {
  const own = policies.find(({ name }) => name === PRESCALE);
  if (own === undefined) return [];
  return requirements.map((requirement) => {
    const verdict = judgeRequirement(requirement, own, policies);
    if (verdict.kind !== 'unknownPolicy') return verdict;
    const names = policies.map(({ name }) => name).join(', ');
    throw new PrescaleError(
      'usage',
      `--require: got "${verdict.policy}", allowed: a number, or one of ${names}`,
    );
  });
}
