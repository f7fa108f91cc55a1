/** What a played run comes to: money, lateness, and how the count followed the need. */
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { PlayedStep } from './played-run.ts';

/** What a step was about, the same for every run. */
export interface StepTruth {
  readonly rateRps: number;
  readonly seconds: number;
  /** The smallest count that meets the objective at this rate. */
  readonly neededReplicas: number;
  readonly startMs: number;
}

/** Sums over steps; those of several stretches can be added up. */
export interface Tally {
  steps: number;
  seconds: number;
  requests: number;
  lateRequests: number;
  paidReplicaSeconds: number;
  neededReplicaSeconds: number;
  violatedSeconds: number;
  underSteps: number;
  overSteps: number;
  underShare: number;
  overShare: number;
  overloadedRequests: number;
  scaleUps: number;
  scaleDowns: number;
  opposedSteps: number;
}

export function emptyTally(): Tally {
  return {
    steps: 0,
    seconds: 0,
    requests: 0,
    lateRequests: 0,
    paidReplicaSeconds: 0,
    neededReplicaSeconds: 0,
    violatedSeconds: 0,
    underSteps: 0,
    overSteps: 0,
    underShare: 0,
    overShare: 0,
    overloadedRequests: 0,
    scaleUps: 0,
    scaleDowns: 0,
    opposedSteps: 0,
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies)
    for (const field of Object.keys(sum) as (keyof Tally)[]) sum[field] += tally[field];
  return sum;
}

/** A stretch of steps one after the other in violation. */
export interface Episode {
  readonly startMs: number;
  readonly seconds: number;
  readonly lateRequests: number;
}

export interface RunTally {
  readonly add: (played: PlayedStep, truth: StepTruth) => void;
  /** One for each day (UTC) that was scored, in order. */
  readonly days: readonly Tally[];
  readonly maxReplicas: () => number;
  /** The one with the most late requests; undefined where no step was in violation. */
  readonly worstEpisode: () => Episode | undefined;
}

/** A step is violated when more of its requests are late than the objective allows. */
export function createRunTally(objectiveRatio: number): RunTally {
  const days: Tally[] = [];
  let day = -1;
  let most = 0;
  let last: Followed | undefined;
  const allowed = 1 - objectiveRatio + 1e-12;
  let worst: Episode | undefined;
  let episode: Episode | undefined;
  return {
    days,
    worstEpisode: () => worst,
    maxReplicas: () => most,
    add(played, truth) {
      const today = Math.floor(truth.startMs / (SECONDS_PER_DAY * 1000));
      if (today !== day) days.push(emptyTally());
      day = today;
      const tally = days[days.length - 1];
      addLoad(tally, played, truth, allowed);
      addFit(tally, played, truth);
      last = followedBy(tally, last, { played, truth });
      episode = played.lateRatio > allowed ? lengthened(episode, played, truth) : undefined;
      if (episode !== undefined && episode.lateRequests > (worst?.lateRequests ?? 0)) worst = episode;
      most = Math.max(most, played.paidReplicas);
    },
  };
}

function lengthened(episode: Episode | undefined, played: PlayedStep, truth: StepTruth): Episode {
  const { startMs, seconds, lateRequests } = episode ?? {
    startMs: truth.startMs,
    seconds: 0,
    lateRequests: 0,
  };
  return {
    startMs,
    seconds: seconds + truth.seconds,
    lateRequests: lateRequests + truth.rateRps * truth.seconds * played.lateRatio,
  };
}

function addLoad(tally: Tally, played: PlayedStep, truth: StepTruth, allowedLateRatio: number): void {
  const requests = truth.rateRps * truth.seconds;
  tally.steps += 1;
  tally.seconds += truth.seconds;
  tally.requests += requests;
  tally.lateRequests += requests * played.lateRatio;
  tally.paidReplicaSeconds += played.paidReplicas * truth.seconds;
  tally.neededReplicaSeconds += truth.neededReplicas * truth.seconds;
  if (played.lateRatio > allowedLateRatio) tally.violatedSeconds += truth.seconds;
  if (played.lateRatio === 1) tally.overloadedRequests += requests;
}

/** SPEC RG elasticity metrics (Herbst et al. 2016): provisioning accuracy and timeshare, over and under. */
function addFit(tally: Tally, played: PlayedStep, { neededReplicas }: StepTruth): void {
  const spare = played.readyReplicas - neededReplicas;
  if (spare < 0) tally.underSteps += 1;
  if (spare > 0) tally.overSteps += 1;
  if (spare < 0) tally.underShare -= spare / neededReplicas;
  else tally.overShare += spare / neededReplicas;
}

interface Stepped {
  readonly played: PlayedStep;
  readonly truth: StepTruth;
}

/** What the step before was, by itself: the records of it are used again. */
interface Followed {
  desiredReplicas: number;
  readyReplicas: number;
  neededReplicas: number;
}

/** Adds the change since `last`, and becomes what the next step follows. One object for all steps: there are millions. */
function followedBy(tally: Tally, last: Followed | undefined, now: Stepped): Followed {
  const { desiredReplicas, readyReplicas } = now.played;
  const { neededReplicas } = now.truth;
  if (last === undefined) return { desiredReplicas, readyReplicas, neededReplicas };
  addChange(tally, last, now);
  last.desiredReplicas = desiredReplicas;
  last.readyReplicas = readyReplicas;
  last.neededReplicas = neededReplicas;
  return last;
}

/** Instability (the same source): how often demand and supply do not move alike. */
function addChange(tally: Tally, last: Followed, now: Stepped): void {
  const desired = now.played.desiredReplicas - last.desiredReplicas;
  if (desired > 0) tally.scaleUps += 1;
  if (desired < 0) tally.scaleDowns += 1;
  const supply = Math.sign(now.played.readyReplicas - last.readyReplicas);
  const demand = Math.sign(now.truth.neededReplicas - last.neededReplicas);
  if (supply !== demand) tally.opposedSteps += 1;
}

export interface RunScore {
  readonly replicaHours: number;
  readonly meanReplicas: number;
  readonly maxReplicas: number;
  /** Late requests over requests. */
  readonly sloViolationRatio: number;
  readonly violatedSeconds: number;
  readonly cost: { readonly replicas: number; readonly violations: number; readonly total: number };
  readonly scaleUps: number;
  readonly scaleDowns: number;
  /** Time share (0..1) with fewer, or more, ready replicas than needed. */
  readonly underProvisionedRatio: number;
  readonly overProvisionedRatio: number;
  /** Mean share of the needed replicas that was missing, or too many. */
  readonly underAccuracyRatio: number;
  readonly overAccuracyRatio: number;
  readonly instabilityRatio: number;
  /** Share (0..1) of requests that came while all were late. */
  readonly overloadedRatio: number;
  readonly scaleEventsPerDay: number;
}

/** Prices that the policy does not give count as nothing. */
export function scoreOf(tally: Tally, maxReplicas: number, cost: Policy['cost']): RunScore {
  const replicaHours = tally.paidReplicaSeconds / SECONDS_PER_HOUR;
  const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  const ofReplicas = replicaHours * (cost.perReplicaHour ?? 0);
  const ofViolations = tally.lateRequests * (cost.perViolation ?? 0);
  return {
    replicaHours,
    meanReplicas: share(tally.paidReplicaSeconds, tally.seconds),
    maxReplicas,
    sloViolationRatio: share(tally.lateRequests, tally.requests),
    violatedSeconds: tally.violatedSeconds,
    cost: { replicas: ofReplicas, violations: ofViolations, total: ofReplicas + ofViolations },
    scaleUps: tally.scaleUps,
    scaleDowns: tally.scaleDowns,
    underProvisionedRatio: share(tally.underSteps, tally.steps),
    overProvisionedRatio: share(tally.overSteps, tally.steps),
    underAccuracyRatio: share(tally.underShare, tally.steps),
    overAccuracyRatio: share(tally.overShare, tally.steps),
    instabilityRatio: share(tally.opposedSteps, tally.steps),
    overloadedRatio: share(tally.overloadedRequests, tally.requests),
    scaleEventsPerDay: share((tally.scaleUps + tally.scaleDowns) * SECONDS_PER_DAY, tally.seconds),
  };
}
