/**
 * Whether the chaos buffer survives what it is for, tried out: `npx tsx test/simulator/chaos-survival.ts [draws]`
 * prints a line for each of 24 mixes of scenarios. In each draw a world is made (a zone, a node, a rolling update, some
 * replicas that fail by themselves, more load, slower servers) and the replicas that are left are counted against what
 * that world needs by a textbook's Erlang C. Nothing here comes from what it tests but the count itself.
 */
import { createRandom, type Random } from '../../src/domain/random.ts';
import type { ChaosPolicy, ChaosScenario, ScenarioEffect } from '../../src/policy/policy.ts';
import { sizeReplicas } from '../../src/size/size-replicas.ts';
import { aScenario, someChaos } from '../builders/chaos.ts';
import { aSizingInput } from '../unit/size/sizing-input.ts';

/** Eight servers a replica, 25 requests per second each, 99 % within 250 ms; requests queue in one place. */
const SERVERS = 8;
const SERVICE_RPS = 25;
const SLO_SECONDS = 0.25;
const ALLOWED_LATE = 0.01;
/** How far below its target a survival may lie. */
export const TOLERANCE = 0.0005;

export interface ChaosMix {
  readonly name: string;
  readonly arrivalRateRps: number;
  readonly chaos: ChaosPolicy;
}

const zone = (zones: number, availabilityRatio: number | null = null): ChaosScenario =>
  feared(`1 of ${zones} zones`, { kind: 'ShareLost', lossRatio: 1 / zones }, availabilityRatio);
const share = (lossRatio: number): ChaosScenario =>
  feared(`${lossRatio} lost`, { kind: 'ShareLost', lossRatio });
const node = (lostReplicas: number, availabilityRatio: number | null = null): ChaosScenario =>
  feared(`node of ${lostReplicas}`, { kind: 'ReplicasLost', lostReplicas }, availabilityRatio);
const rollout = (lossRatio: number, leastReplicas: number): ChaosScenario =>
  feared(`rollout ${lossRatio}`, { kind: 'Rollout', lossRatio, leastReplicas });
const storm = (multiplier: number, availabilityRatio: number | null = null): ChaosScenario =>
  feared(`load x ${multiplier}`, { kind: 'ArrivalRate', multiplier }, availabilityRatio);
const slow = (multiplier: number): ChaosScenario =>
  feared(`speed x ${multiplier}`, { kind: 'ServiceRate', multiplier });

function feared(
  name: string,
  effect: ScenarioEffect,
  availabilityRatio: number | null = null,
): ChaosScenario {
  return aScenario({ name, effect, availabilityRatio, required: true });
}

/** Availability target (null: none), probability that a replica is down, scenarios. */
const KINDS: readonly (readonly [number | null, number, readonly ChaosScenario[]])[] = [
  [0.999, 0.01, []],
  [0.9999, 0.001, [node(1)]],
  [0.99, 0.05, [rollout(0.25, 0), node(3)]],
  [null, 0.01, [zone(3), node(2), storm(1.2)]],
  [0.999, 0.01, [zone(3, 0.999), rollout(0.25, 0)]],
  [null, 0.05, [zone(4, 0.99), storm(1.5), slow(0.9)]],
  [0.999, 0.05, [slow(0.8), share(0.1), node(4, 0.999)]],
  [0.9999, 0.01, [storm(1.3, 0.999), rollout(0.1, 1), zone(5)]],
];
const LOADS_RPS = [150, 1700, 18_000];

export const CHAOS_MIXES: readonly ChaosMix[] = LOADS_RPS.flatMap((arrivalRateRps) =>
  KINDS.map(([availabilityRatio, replicaDownProbability, scenarios]): ChaosMix => {
    const chaos = someChaos(scenarios, { availabilityRatio, replicaDownProbability });
    const parts = [...(availabilityRatio === null ? [] : [`${availabilityRatio}`]), ...scenarios.map(nameOf)];
    return {
      name: `${arrivalRateRps} rps, p ${replicaDownProbability}: ${parts.join(', ')}`,
      arrivalRateRps,
      chaos,
    };
  }),
);

function nameOf({ name, availabilityRatio }: ChaosScenario): string {
  return availabilityRatio === null ? name : `${name} at ${availabilityRatio}`;
}

export interface Survival {
  readonly replicas: number;
  /** The smallest count that survives everything, by brute force. */
  readonly exactReplicas: number;
  /** The lowest of (survived share of the draws - its target) over what happens by chance; below 0 also where what is sure is not survived. */
  readonly worstMargin: number;
}

export function survivalOf({ arrivalRateRps, chaos }: ChaosMix, draws: number, seed: number): Survival {
  const policy = {
    capacity: { serviceRateRps: SERVICE_RPS, serversPerReplica: SERVERS, dispatch: 'Central' as const },
    slo: { responseSeconds: SLO_SECONDS, objectiveRatio: 1 - ALLOWED_LATE },
    cost: { perViolation: null },
    chaos,
  };
  const { replicas } = sizeReplicas(aSizingInput([arrivalRateRps], { policy }));
  const threats = threatsOf(arrivalRateRps, chaos);
  const random = createRandom(seed);
  const margins = threats.flatMap((threat) => {
    const margin = survivedShare(threat, { replicas, draws, random }) - threat.targetRatio;
    return threat.targetRatio < 1 || margin < 0 ? [margin] : [];
  });
  const worstMargin = margins.length === 0 ? 0 : Math.min(...margins);
  return { replicas, exactReplicas: exactCount(threats), worstMargin };
}

/** One thing that is feared: what it takes, what must be left, how often. */
interface Threat {
  readonly effect: ScenarioEffect | null;
  readonly downProbability: number;
  readonly neededReplicas: number;
  readonly targetRatio: number;
}

function threatsOf(arrivalRateRps: number, chaos: ChaosPolicy): Threat[] {
  const usual = textbookNeed(arrivalRateRps, SERVICE_RPS);
  const { availabilityRatio, replicaDownProbability } = chaos;
  const nothing: Threat = { effect: null, downProbability: 0, neededReplicas: usual, targetRatio: 1 };
  const failures =
    availabilityRatio === null ? [] : [withFailures(nothing, availabilityRatio, replicaDownProbability)];
  const scenarios = chaos.scenarios.map(({ effect, availabilityRatio: target }): Threat => {
    const threat = { ...nothing, effect, neededReplicas: needUnder(effect, arrivalRateRps) };
    return target === null ? threat : withFailures(threat, target, replicaDownProbability);
  });
  return [nothing, ...failures, ...scenarios];
}

function withFailures(threat: Threat, targetRatio: number, downProbability: number): Threat {
  return { ...threat, targetRatio, downProbability };
}

function needUnder(effect: ScenarioEffect, arrivalRateRps: number): number {
  if (effect.kind === 'ArrivalRate') return textbookNeed(arrivalRateRps * effect.multiplier, SERVICE_RPS);
  if (effect.kind === 'ServiceRate') return textbookNeed(arrivalRateRps, SERVICE_RPS * effect.multiplier);
  return textbookNeed(arrivalRateRps, SERVICE_RPS);
}

/**
 * Erlang C as textbooks write it, from one server up. Where service alone makes more late than is allowed, the
 * allowance is given to what waiting adds, as the sizing says it does.
 */
export function textbookNeed(arrivalRateRps: number, serviceRateRps: number): number {
  const floor = Math.exp(-serviceRateRps * SLO_SECONDS);
  const allowed = floor > ALLOWED_LATE ? ALLOWED_LATE + floor : ALLOWED_LATE;
  let replicas = Math.floor(arrivalRateRps / serviceRateRps / SERVERS) + 1;
  while (textbookLate(arrivalRateRps, serviceRateRps, replicas * SERVERS) > allowed) replicas += 1;
  return replicas;
}

function textbookLate(arrivalRateRps: number, serviceRateRps: number, servers: number): number {
  const load = arrivalRateRps / serviceRateRps;
  let blocking = 1;
  for (let n = 1; n <= servers; n += 1) blocking = (load * blocking) / (n + load * blocking);
  const wait = blocking / (1 - (load / servers) * (1 - blocking));
  const gap = servers - load - 1;
  const decay = serviceRateRps * SLO_SECONDS;
  return Math.exp(-decay) * (1 + (wait * (1 - Math.exp(-gap * decay))) / gap);
}

function survivedShare(
  threat: Threat,
  { replicas, draws, random }: { readonly replicas: number; readonly draws: number; readonly random: Random },
): number {
  let survived = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const left = replicas - drawnLoss(threat.effect, replicas, random);
    if (left - drawnFailures(left, threat.downProbability, random) >= threat.neededReplicas) survived += 1;
  }
  return survived / draws;
}

/** A share that is 1/Z is one zone of Z, the replicas dealt out to them in turn; any of them may be the one. */
function drawnLoss(effect: ScenarioEffect | null, replicas: number, random: Random): number {
  switch (effect?.kind) {
    case 'ShareLost': {
      const zones = Math.round(1 / effect.lossRatio);
      const dead = Math.floor(random() * zones);
      return Math.floor(replicas / zones) + (dead < replicas % zones ? 1 : 0);
    }
    case 'Rollout':
      return Math.max(effect.leastReplicas, Math.floor((effect.lossRatio * 100 * replicas) / 100));
    case 'ReplicasLost':
      return effect.lostReplicas;
    default:
      return 0;
  }
}

/** How many of `count` fail: the gaps between failures are geometric, so that few draws make a world. */
function drawnFailures(count: number, downProbability: number, random: Random): number {
  if (downProbability === 0) return 0;
  const step = (): number => Math.floor(Math.log1p(-random()) / Math.log1p(-downProbability)) + 1;
  let failures = 0;
  for (let at = step(); at <= count; at += step()) failures += 1;
  return failures;
}

/** Count by count, until every threat is survived for sure, or as often as it must be. */
function exactCount(threats: readonly Threat[]): number {
  let replicas = 1;
  while (!threats.every((threat) => exactlySurvives(threat, replicas))) replicas += 1;
  return replicas;
}

function exactlySurvives(
  { effect, downProbability, neededReplicas, targetRatio }: Threat,
  replicas: number,
): boolean {
  const worst = (): number => 0;
  const left = replicas - drawnLoss(effect, replicas, worst);
  if (left < neededReplicas) return false;
  let probability = 0;
  for (let failures = 0; failures <= left - neededReplicas; failures += 1)
    probability += binomial(left, failures, downProbability);
  return probability >= targetRatio - 1e-12;
}

/** From logarithms of factorials, each a plain sum. */
function binomial(count: number, failures: number, downProbability: number): number {
  if (downProbability === 0) return failures === 0 ? 1 : 0;
  let logWays = 0;
  for (let i = 1; i <= failures; i += 1) logWays += Math.log((count - failures + i) / i);
  const logOdds = failures * Math.log(downProbability) + (count - failures) * Math.log1p(-downProbability);
  return Math.exp(logWays + logOdds);
}

function main(draws: number): void {
  let worst = Infinity;
  let mostAbove = 0;
  for (const [index, mix] of CHAOS_MIXES.entries()) {
    const { replicas, exactReplicas, worstMargin } = survivalOf(mix, draws, index + 1);
    worst = Math.min(worst, worstMargin);
    mostAbove = Math.max(mostAbove, replicas - exactReplicas);
    const margin = `${worstMargin >= 0 ? '+' : ''}${worstMargin.toFixed(5)}`;
    process.stdout.write(
      `${String(replicas).padStart(4)} replicas, exact ${String(exactReplicas).padStart(4)}, survival - target ${margin}  ${mix.name}\n`,
    );
  }
  const verdict = worst >= -TOLERANCE && mostAbove <= 1 ? 'good' : 'NOT GOOD';
  process.stdout.write(
    `${verdict}: ${CHAOS_MIXES.length} mixes, ${draws} draws each: lowest survival - target ${worst.toFixed(5)} (at least -${TOLERANCE}), at most ${mostAbove} above the exact maximum\n`,
  );
  if (verdict !== 'good') process.exitCode = 1;
}

if (process.argv[1]?.endsWith('chaos-survival.ts')) main(Number(process.argv[2] ?? 1_000_000));
