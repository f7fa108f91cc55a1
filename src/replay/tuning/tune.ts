/**
 * Searches a policy's free choices on the first part of a recording and proves what it found on the rest, which the
 * search has not seen. One choice after the other, each at its best while the others stay, until a round changes
 * nothing: few plays, and for each change a figure that says why.
 */
import { pairedIntervals, type PairedIntervals } from '../bootstrap.ts';
import type { Policy } from '../../policy/policy.ts';
import type { RunScore } from '../score.ts';
import { choicesOf, type Choice } from './choice.ts';
import { partsOf, playPart, type PlayedPart, type TuningWorld } from './played-part.ts';

export interface TunedChoice {
  readonly path: readonly string[];
  readonly meaning: string;
  readonly from: number;
  readonly to: number;
  /** On the searched part, before this choice was made and with it. */
  readonly before: RunScore;
  readonly after: RunScore;
}

export type TuningVerdict =
  /** Better on both parts. */
  | 'Proven'
  /** Better where it was searched, and not on the rest: luck. */
  | 'NotProven'
  /** No choice was better than the one that is there. */
  | 'NothingBetter';

export interface Tuning {
  readonly verdict: TuningVerdict;
  readonly choices: readonly TunedChoice[];
  readonly given: { readonly searched: RunScore; readonly proven: RunScore };
  /** The same as `given` where nothing was better. */
  readonly tuned: { readonly searched: RunScore; readonly proven: RunScore };
  /** Tuned against given on the rest, by days; undefined under three of them. */
  readonly intervals: PairedIntervals | undefined;
}

const MOST_ROUNDS = 2;
/** A gain below this share is not worth another policy. */
const LEAST_GAIN_RATIO = 0.002;

export function tunePolicy(tuning: TuningWorld, onPlayed: (plays: number) => void = () => undefined): Tuning {
  const { policy } = tuning.world;
  const parts = partsOf(tuning.world);
  let plays = 0;
  const play = (candidate: Policy, part: keyof typeof parts): PlayedPart => {
    const played = playPart(candidate, tuning, parts[part]);
    onPlayed((plays += 1));
    return played;
  };
  const searched = play(policy, 'searched').score;
  const found = search(
    policy,
    searched,
    playedOnce(policy, (candidate) => play(candidate, 'searched').score),
  );
  const proven = play(policy, 'proven');
  const given = { searched, proven: proven.score };
  const nothing = { choices: [], given, tuned: given, intervals: undefined };
  if (found.choices.length === 0) return { verdict: 'NothingBetter', ...nothing };
  const again = play(found.policy, 'proven');
  return {
    verdict: isBetter(again.score, proven.score, policy) ? 'Proven' : 'NotProven',
    choices: found.choices,
    given,
    tuned: { searched: found.score, proven: again.score },
    intervals: pairedIntervals(again.days, proven.days, policy.cost, tuning.world.physics.seed),
  };
}

/** How many plays there are at most, for a progress bar. */
export function mostPlays(policy: Policy): number {
  const perRound = choicesOf(policy).reduce((sum, choice) => sum + choice.values(policy).length, 0);
  return MOST_ROUNDS * perRound + 3;
}

/** The second round meets most of its policies again. */
function playedOnce(
  given: Policy,
  scoreOfPolicy: (policy: Policy) => RunScore,
): (policy: Policy) => RunScore {
  const known = new Map<string, RunScore>();
  return (policy) => {
    const key = choicesOf(given)
      .map((choice) => choice.valueOf(policy))
      .join();
    const score = known.get(key) ?? scoreOfPolicy(policy);
    known.set(key, score);
    return score;
  };
}

interface Found {
  readonly policy: Policy;
  readonly score: RunScore;
  readonly choices: readonly TunedChoice[];
}

function search(given: Policy, score: RunScore, scoreOfPolicy: (policy: Policy) => RunScore): Found {
  let best: Found = { policy: given, score, choices: [] };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = best;
    for (const choice of choicesOf(given)) best = bestOf(choice, best, { given, scoreOfPolicy });
    if (best === before) break;
  }
  return best;
}

interface Searching {
  readonly given: Policy;
  readonly scoreOfPolicy: (policy: Policy) => RunScore;
}

function bestOf(choice: Choice, found: Found, { given, scoreOfPolicy }: Searching): Found {
  const from = choice.valueOf(found.policy);
  let best: { readonly value: number; readonly policy: Policy; readonly score: RunScore } | undefined;
  for (const value of choice.values(given)) {
    if (value === from) continue;
    const policy = choice.with(found.policy, value);
    const score = scoreOfPolicy(policy);
    if (isBetter(score, best?.score ?? found.score, given)) best = { value, policy, score };
  }
  if (best === undefined) return found;
  const { path, meaning } = choice;
  const made = { path, meaning, from, to: best.value, before: found.score, after: best.score };
  const others = found.choices.filter((one) => one.path !== path);
  const earlier = found.choices.find((one) => one.path === path);
  const choices = [...others, { ...made, ...(earlier && { from: earlier.from, before: earlier.before }) }];
  return { policy: best.policy, score: best.score, choices };
}

/** Cheaper at no broken promise: one that keeps the objective beats one that does not; two that break it, the less late. */
export function isBetter(one: RunScore, other: RunScore, { slo, cost }: Policy): boolean {
  const allowed = 1 - slo.objectiveRatio;
  const [keeps, otherKeeps] = [one, other].map(({ sloViolationRatio }) => sloViolationRatio <= allowed);
  if (keeps !== otherKeeps) return keeps;
  if (!keeps) return one.sloViolationRatio < other.sloViolationRatio * (1 - LEAST_GAIN_RATIO);
  const isPriced = cost.perReplicaHour !== null && cost.perViolation !== null;
  const priceOf = ({ cost: { total }, replicaHours }: RunScore): number => (isPriced ? total : replicaHours);
  return priceOf(one) < priceOf(other) * (1 - LEAST_GAIN_RATIO);
}
