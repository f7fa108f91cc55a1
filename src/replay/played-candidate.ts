/** One setting of a policy, played and scored. */
import type { ReplayAutoscaler } from './autoscaler.ts';
import type { FamilyName } from './families.ts';
import { beginPlay, type Play, type PlayHooks, type ReplayWorld } from './play.ts';
import { addTallies, scoreOf, type Episode, type RunScore, type Tally } from './score.ts';

export interface Candidate {
  /** undefined: the controller, or a plug-in. */
  readonly family: FamilyName | undefined;
  readonly name: string;
  /** What it was set to; empty where there is nothing to set. */
  readonly setting: string;
  readonly create: () => ReplayAutoscaler;
}

/** What playing it came to: plain data. */
export interface Result {
  readonly score: RunScore;
  /** One for each day that was scored. */
  readonly days: readonly Tally[];
  readonly worstEpisode: Episode | undefined;
}

export type Scored = Candidate & Result;

/** Candidates side by side, so far as they have been played. */
export interface CandidatesPlay extends Pick<Play, 'playUntil'> {
  /** What has been played so far comes to. */
  readonly scored: () => Scored[];
}

export function beginCandidates(
  world: ReplayWorld,
  candidates: readonly Candidate[],
  hooks: PlayHooks = {},
): CandidatesPlay {
  const play = beginPlay(
    world,
    candidates.map(({ create }) => create()),
    hooks,
  );
  return {
    playUntil: play.playUntil,
    scored: () =>
      play.played.map(({ tally }, i) => ({
        ...candidates[i],
        score: scoreOf(addTallies(tally.days), tally.maxReplicas(), world.policy.cost),
        days: tally.days,
        worstEpisode: tally.worstEpisode(),
      })),
  };
}

/** The whole way. */
export function playedCandidates(
  world: ReplayWorld,
  candidates: readonly Candidate[],
  hooks?: PlayHooks,
): Scored[] {
  const play = beginCandidates(world, candidates, hooks);
  play.playUntil(world.path.steps);
  return play.scored();
}
