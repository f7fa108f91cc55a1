import { writeFile } from 'node:fs/promises';
import { PrescaleError } from '../../domain/errors.ts';
import type { ForecastResult } from '../../domain/forecast.ts';
import { createModels } from '../../forecast/create-models.ts';
import { createForecastChain } from '../../forecast/select-forecast.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import type { Recording } from '../../observe/recording/recording.ts';
import type { Policy } from '../../policy/policy.ts';
import { pairedIntervals } from '../../replay/bootstrap.ts';
import { compare, PRESCALE, type Comparison, type Plugin } from '../../replay/compare.ts';
import { FAMILY_NAMES, type FamilyName } from '../../replay/families.ts';
import { createForecastsInTurn } from '../../replay/forecasts-in-turn.ts';
import type { ReplayWorld } from '../../replay/play.ts';
import { judgeRequirement, type Requirement, type RequirementVerdict } from '../../replay/requirement.ts';
import { responseTimes } from '../../replay/response-times.ts';
import { verdictOf } from '../../replay/verdict.ts';
import type { CommandBody } from '../command-spec.ts';
import { loadedRecording } from '../evaluate/recorded-series.ts';
import { createProgress } from '../progress.ts';
import { readPolicies } from '../run/read-policies.ts';
import { createPageWatch, type PageWatch } from './html/page-watch.ts';
import { replayJson, type ReplayReport } from './json.ts';
import { replayMarkdown } from './markdown.ts';
import { writePlan } from './plan-file.ts';
import { loadPlugins } from './plugins.ts';
import { recordedWorld, type RecordedWorld } from './recorded-world.ts';
import { replayText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface ReplayFlags {
  readonly policy: string;
  readonly recording: readonly string[];
  readonly baselines?: readonly FamilyName[];
  readonly plugin?: readonly string[];
  readonly plan?: string;
  readonly planPolicy: string;
  readonly physics?: string;
  readonly require?: readonly Requirement[];
  readonly markdown?: string;
  readonly html?: string;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as ReplayFlags;
  refuseSeveral('--plan', flags.plan, flags.recording);
  refuseSeveral('--html', flags.html, flags.recording);
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

/** A file that is about one recording. */
function refuseSeveral(flag: string, file: string | undefined, recordings: readonly string[]): void {
  if (file === undefined || recordings.length === 1) return;
  throw new PrescaleError('usage', `${flag}: got ${recordings.length} recordings, allowed: one`);
}

async function replayFile(file: string, written: Policy, flags: ReplayFlags): Promise<ReplayReport> {
  const recording = await loadedRecording(file);
  const recorded = await recordedWorld(written, recording, flags.physics);
  const { world, history } = recorded;
  const { policy, physics } = world;
  const forecastAt = createForecastsInTurn({
    chain: createForecastChain(createModels(await shippedNetwork())),
    history,
    policy,
    tickSeconds: physics.stepSeconds,
  });
  const watch = flags.html === undefined ? undefined : createPageWatch(recorded, forecastAt);
  const comparison = compareShown(recorded, {
    name: recording.name,
    families: flags.baselines ?? FAMILY_NAMES,
    plugins: await loadPlugins(flags.plugin ?? [], process.cwd()),
    forecastAt,
    watch,
  });
  const report = reportOn(recording, { world, comparison }, flags.require ?? []);
  if (flags.plan !== undefined) await writePlan(flags.plan, flags.planPolicy, { world, comparison });
  if (flags.html !== undefined) await watch?.write(flags.html, report);
  return report;
}

interface Asked {
  readonly name: string;
  readonly families: readonly FamilyName[];
  readonly plugins: readonly Plugin[];
  readonly forecastAt: (slot: number) => ForecastResult;
  readonly watch: PageWatch | undefined;
}

function compareShown({ world, history }: RecordedWorld, { name, watch, ...asked }: Asked): Comparison {
  const progress = createProgress();
  const comparison = compare({
    world,
    history,
    ...asked,
    hooks: {
      onProgress: (doneRatio) => progress.update(doneRatio, name),
      ...(watch && { onStep: watch.onStep }),
    },
    ...(watch && { onDecision: watch.onDecision }),
  });
  progress.finish();
  return comparison;
}

function reportOn(
  { name, stepSeconds }: Recording,
  { world, comparison }: { readonly world: ReplayWorld; readonly comparison: Comparison },
  requirements: readonly Requirement[],
): ReplayReport {
  const { policy, physics } = world;
  return {
    recording: name,
    stepSeconds,
    currency: policy.cost.currency,
    comparison,
    intervals: intervalsOf(comparison, world),
    responseTimes: responseTimesOf(comparison, world),
    verdict: verdictOf({ comparison, slo: policy.slo, cost: policy.cost, seed: physics.seed }),
    requirements: judged(requirements, comparison),
  };
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

function responseTimesOf({ policies }: Comparison, world: ReplayWorld): ReplayReport['responseTimes'] {
  return new Map(
    policies.flatMap(({ name, create }) => {
      const times = responseTimes(world, create());
      return times === undefined ? [] : [[name, times] as const];
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
