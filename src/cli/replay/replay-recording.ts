/** One recording replayed: what is asked, what it comes to, and what is written beside the answer. */
import type { Policy } from '../../policy/policy.ts';
import { pairedIntervals } from '../../replay/bootstrap.ts';
import { playedNames, PRESCALE, type Comparison } from '../../replay/compare.ts';
import { FAMILY_NAMES, type FamilyName } from '../../replay/families.ts';
import type { ReplayWorld } from '../../replay/play.ts';
import { judgeRequirement, type Requirement, type RequirementVerdict } from '../../replay/requirement.ts';
import { responseTimes } from '../../replay/response-times.ts';
import { verdictOf } from '../../replay/verdict.ts';
import { loadedRecording } from '../evaluate/recorded-series.ts';
import { createPageWatch } from './html/page-watch.ts';
import type { ReplayReport } from './json.ts';
import { writePlan } from './plan-file.ts';
import { playedRecording } from './played-recording.ts';
import { loadPlugins } from './plugins.ts';
import { recordedWorld, type RecordedWorld } from './recorded-world.ts';
import { refuseUnknownNames } from './refuse-early.ts';
import { tellStartup } from './tell-startup.ts';
import { refuseUnsimulated, simulatedRequests, type SimulatedRequests } from './simulated-requests.ts';

/** What the flags ask of each recording: plain data. */
export interface Replaying {
  readonly policy: Policy;
  readonly baselines?: readonly FamilyName[];
  readonly plugin?: readonly string[];
  readonly plan?: string;
  readonly planPolicy: string;
  readonly physics?: string;
  readonly require?: readonly Requirement[];
  readonly html?: string;
  readonly requests?: true;
}

const NOT_SIMULATED: SimulatedRequests = new Map();

/** `threads`: so many may compute at a time. */
export async function replayRecording(
  file: string,
  replaying: Replaying,
  threads: number,
): Promise<ReplayReport> {
  const loaded = await loadWorld(file, replaying);
  const { recorded, name } = loaded;
  if (replaying.requests) refuseUnsimulated(recorded.world);
  const families = replaying.baselines ?? FAMILY_NAMES;
  const plugins = await loadPlugins(replaying.plugin ?? [], process.cwd());
  refuseUnknownNames(replaying, playedNames({ families, plugins }));
  const watch = replaying.html === undefined ? undefined : createPageWatch(recorded);
  const comparison = await playedRecording({ recorded, name, families, plugins, watch }, threads);
  const { world } = recorded;
  const requests = replaying.requests ? simulatedRequests(world, comparison) : NOT_SIMULATED;
  const report = { ...reportOn(loaded, comparison, replaying.require ?? []), requests };
  if (replaying.plan !== undefined)
    await writePlan(replaying.plan, replaying.planPolicy, { world, comparison });
  if (replaying.html !== undefined) await watch?.write(replaying.html, report);
  return report;
}

/** What the replay needs of the recording: its other columns may go. */
interface LoadedWorld {
  readonly recorded: RecordedWorld;
  readonly name: string;
  readonly stepSeconds: number;
}

async function loadWorld(file: string, { policy, physics }: Replaying): Promise<LoadedWorld> {
  const recording = await loadedRecording(file);
  const recorded = await recordedWorld(policy, recording, physics);
  tellStartup(recorded, recording.name);
  return { recorded, name: recording.name, stepSeconds: recording.stepSeconds };
}

function reportOn(
  { recorded: { world }, name, stepSeconds }: LoadedWorld,
  comparison: Comparison,
  requirements: readonly Requirement[],
): Omit<ReplayReport, 'requests'> {
  const { policy, physics } = world;
  return {
    recording: name,
    stepSeconds,
    currency: policy.cost.currency,
    objectiveRatio: policy.slo.objectiveRatio,
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

function judged(requirements: readonly Requirement[], { policies }: Comparison): RequirementVerdict[] {
  const own = policies.find(({ name }) => name === PRESCALE);
  if (own === undefined) return [];
  return requirements.map((requirement) => judgeRequirement(requirement, own, policies));
}
