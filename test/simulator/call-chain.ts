/**
 * Three workloads that call each other, front -> middle -> back, under a load that grows threefold: does the callee have
 * the replicas that its caller's load needs when that load comes? The very tick of the controller decides; the world is
 * a fluid: each workload passes on what its ready replicas can serve, and what they cannot is turned away. The growth is
 * known to nobody, or announced in the policy of the front alone.
 *
 *   npx tsx test/simulator/call-chain.ts [seeds [announced|unannounced]]     100 seeds and both by default
 */
import { pathToFileURL } from 'node:url';
import { createDecisionRing } from '../../src/control/decision-ring.ts';
import { ALWAYS, createFleet } from '../../src/control/fleet.ts';
import { newMember } from '../../src/control/join-fleet.ts';
import { tick } from '../../src/control/tick.ts';
import { createRandom, type Random } from '../../src/domain/random.ts';
import { createModels } from '../../src/forecast/create-models.ts';
import { createForecastChain } from '../../src/forecast/select-forecast.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { createNeededCount } from '../../src/replay/needed-path.ts';
import { serviceModelFrom } from '../../src/size/service-model.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { aPolicy } from '../builders/policy.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { createFakeMetricsSource } from '../fakes/metrics-source.ts';

export const TIERS = ['front', 'middle', 'back'] as const;
type Tier = (typeof TIERS)[number];

const TICK_SECONDS = 15;
const STEP_SECONDS = 60;
const STEP_MS = STEP_SECONDS * 1000;
const START_MS = Date.UTC(2026, 5, 2, 8);
const HISTORY_STEPS = 180;
const RAMP_FROM_SECONDS = 300;
const PLAYED_SECONDS = 30 * 60;
const GROWTH = 3;
const RATIOS: Readonly<Record<Tier, number>> = { front: 1, middle: 1.4, back: 0.8 };
const SERVICE_RATE_RPS = 25;
const SERVERS = 8;
const GROWTH_EVENT = {
  name: 'sale',
  timing: {
    kind: 'Once',
    startAtMs: START_MS + RAMP_FROM_SECONDS * 1000,
    endAtMs: START_MS + 2 * PLAYED_SECONDS * 1000,
  },
  arrivalRateMultiplier: GROWTH,
} as const;

/** How one seed's world is: everything about it is drawn once. */
interface World {
  readonly baseRps: number;
  readonly rampSeconds: number;
  readonly noiseRatio: number;
  readonly startupSeconds: number;
}

function worldOf(random: Random): World {
  const between = (low: number, high: number): number => low + (high - low) * random();
  return {
    baseRps: between(400, 1200),
    rampSeconds: between(120, 900),
    noiseRatio: between(0.01, 0.05),
    startupSeconds: between(30, 120),
  };
}

/** What the controller is told. */
export interface Told {
  /** The callees' policies name their callers. */
  readonly callers: boolean;
  /** The front's policy announces the growth. */
  readonly growth: boolean;
}

function policyOf(tier: Tier, { startupSeconds }: World, told: Told): Policy {
  const index = TIERS.indexOf(tier);
  const caller = TIERS[index - 1];
  return aPolicy({
    workload: { namespace: 'shop', name: tier },
    minReplicas: 1,
    maxReplicas: 500,
    capacity: { serviceRateRps: SERVICE_RATE_RPS, serversPerReplica: SERVERS, startupSeconds },
    cost: { perReplicaHour: null, perViolation: null, perReplicaStart: 0 },
    forecast: { models: ['moving-average'], lookbackSeconds: HISTORY_STEPS * STEP_SECONDS },
    ...(told.growth && tier === 'front' && { calendar: { events: [GROWTH_EVENT] } }),
    ...(told.callers && caller && { callers: [{ name: caller, ratio: RATIOS[tier] }] }),
  });
}

/** The replicas of one workload: each is ready its start-up time after it was asked for. */
interface Replicas {
  readyAtMs: number[];
}

const readyOf = ({ readyAtMs }: Replicas, nowMs: number): number =>
  readyAtMs.filter((atMs) => atMs <= nowMs).length;

export interface ChainResult {
  /** Share of the time, from the ramp's beginning on, in which a callee had fewer replicas ready than its load needed. */
  readonly shortRatio: number;
  /** Requests of callees that were turned away, of all that were asked for. */
  readonly refusedRatio: number;
}

/** Plays one seed, as the controller is told. */
export async function playChain(seed: number, told: Told): Promise<ChainResult> {
  const random = createRandom(seed);
  const world = worldOf(random);
  const load = new Map(TIERS.map((tier) => [tier, new Map<number, number[]>()]));
  const policies = new Map(TIERS.map((tier) => [tier, policyOf(tier, world, told)]));
  const modelOf = (tier: Tier) => serviceModelFrom(policies.get(tier)!, SERVICE_RATE_RPS);
  const needs = (tier: Tier, rps: number): number =>
    createNeededCount(modelOf(tier), policies.get(tier)!.slo)(rps);
  const wavering = (): number => 1 + world.noiseRatio * (2 * random() - 1);
  const frontRps = (seconds: number): number => {
    const grown = Math.min(1, Math.max(0, (seconds - RAMP_FROM_SECONDS) / world.rampSeconds));
    return world.baseRps * (1 + (GROWTH - 1) * grown) * wavering();
  };
  const note = (tier: Tier, atMs: number, rps: number): void => {
    const slot = Math.floor(atMs / STEP_MS) * STEP_MS;
    const known = load.get(tier)!;
    known.set(slot, [...(known.get(slot) ?? []), rps]);
  };
  for (let step = -HISTORY_STEPS; step < 0; step += 1) {
    let rps = world.baseRps * wavering();
    for (const tier of TIERS) note(tier, START_MS + step * STEP_MS, (rps *= RATIOS[tier]));
  }

  const replicas = new Map<string, Replicas>();
  let steadyRps = world.baseRps;
  for (const tier of TIERS) {
    steadyRps *= RATIOS[tier];
    replicas.set(tier, { readyAtMs: Array<number>(needs(tier, steadyRps * 1.1)).fill(-Infinity) });
  }
  const scaler = {
    read: ({ workload }: Policy, nowMs: number) => {
      const { readyAtMs } = replicas.get(workload.name)!;
      const ready = readyOf(replicas.get(workload.name)!, nowMs);
      const status = { currentReplicas: readyAtMs.length, readyReplicas: ready, rollingOut: false };
      return Promise.resolve({ ...status, version: '' });
    },
    write: ({ policy, toReplicas, nowMs }: { policy: Policy; toReplicas: number; nowMs: number }) => {
      const kept = replicas.get(policy.workload.name)!.readyAtMs.slice(0, toReplicas);
      while (kept.length < toReplicas) kept.push(nowMs + world.startupSeconds * 1000);
      replicas.set(policy.workload.name, { readyAtMs: kept });
      return Promise.resolve({ result: 'applied', message: '' } as const);
    },
  };
  const source = createFakeMetricsSource({
    value: (startMs, { workload }) => mean(load.get(workload.name as Tier)!.get(startMs)),
  });
  const fleet = createFleet();
  for (const tier of [...TIERS].reverse()) fleet.add(newMember(policies.get(tier)!, source, ALWAYS));
  const silent = (): void => undefined;
  const deps = {
    clock: createFakeClock(START_MS),
    fleet,
    forecaster: createForecastChain(createModels({ missing: 'not asked' })),
    scaler,
    store: createDecisionRing({ perWorkload: 1, total: 10 }),
    metrics: createMetrics(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    tickSeconds: TICK_SECONDS,
    observeSeconds: Infinity,
    forecastSeconds: Infinity,
  };

  let [short, looked, refused, asked] = [0, 0, 0, 0];
  for (let seconds = 0; seconds < PLAYED_SECONDS; seconds += TICK_SECONDS) {
    const nowMs = START_MS + seconds * 1000;
    await tick(deps, nowMs, new AbortController().signal);
    let rps = frontRps(seconds);
    for (const tier of TIERS) {
      rps *= RATIOS[tier];
      note(tier, nowMs, rps);
      const ready = readyOf(replicas.get(tier)!, nowMs);
      const served = Math.min(rps, ready * SERVERS * SERVICE_RATE_RPS);
      if (tier !== 'front' && seconds >= RAMP_FROM_SECONDS) {
        looked += 1;
        short += ready < needs(tier, rps) ? 1 : 0;
        refused += rps - served;
        asked += rps;
      }
      rps = served;
    }
  }
  return { shortRatio: short / looked, refusedRatio: refused / asked };
}

function mean(values: readonly number[] | undefined): number | undefined {
  return values && values.reduce((sum, one) => sum + one, 0) / values.length;
}

async function play(seeds: number, told: Told): Promise<void> {
  const results: ChainResult[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) results.push(await playChain(seed, told));
  const share = (of: (one: ChainResult) => number): string =>
    `${(100 * mean(results.map(of))!).toFixed(2)} %`;
  const ready = results.filter(({ shortRatio }) => shortRatio === 0).length;
  console.log(
    `${told.growth ? 'announced in the front' : 'known to nobody'}, ${told.callers ? 'callers named' : 'each by itself'}: ` +
      `callees always ready in ${ready} of ${seeds} seeds; short for ${share((one) => one.shortRatio)} of the time, ` +
      `${share((one) => one.refusedRatio)} of requests turned away`,
  );
}

async function main([seeds = '100', which]: readonly string[]): Promise<void> {
  const growths = which === undefined ? [true, false] : [which === 'announced'];
  for (const growth of growths)
    for (const callers of [false, true]) await play(Number(seeds), { growth, callers });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
