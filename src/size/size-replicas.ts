/**
 * The size stage: from the rates that may arrive, the count to ask for now.
 *
 * Each step needs the count at which one replica more costs what it saves, never below the objective
 * (needed-replicas.ts). Starting a replica costs as well: over window and horizon the cheapest path of serving counts
 * is planned (horizon-plan.ts), and the largest of the window (from now until a replica that is asked for now serves,
 * and a little longer) is asked for. Cold replicas are made up for (cold-replicas.ts), spare for failures comes on top
 * (chaos-buffer.ts), and no dependency is overrun (dependency-limit.ts says what it takes). A backlog that
 * overload has left is worked off before long (fluid-backlog.ts): it counts as that much more arriving.
 *
 * Pure: the same input, the same answer; more load at any step or quantile, or more backlog, never gives fewer
 * replicas. Guards come after.
 */
import type { SizingTrace } from '../domain/sizing.ts';
import { chaosBuffer, type ChaosVerdict, fearsNothing, NOTHING_FEARED } from './chaos-buffer.ts';
import { replicasWithWarmUp } from './cold-replicas.ts';
import { firstServedStep, planOf } from './planned-replicas.ts';
import { type Terms } from './prices.ts';
import { meanRateRps } from './rate-distribution.ts';
import { sizedWorlds } from './scenario-worlds.ts';
import { drainSeconds } from './fluid-backlog.ts';
import { capacityRps, peakReplicas, serviceModelFrom, type ServiceModel } from './service-model.ts';
import { sizedSteps, type SizedStep, type SizedSteps } from './sized-steps.ts';
import { toldWhy, traceAt, type SizedTrace, type ToldWhy } from './sized-trace.ts';
import { isSameQuestion, type Question } from './sizing-question.ts';
import { sizedTrace, type Sized } from './sizing-trace.ts';
import type { Answered } from './standing-answer.ts';
import { loadsOf, type TimedLoad } from './window-loads.ts';
import type { SizingInput } from './sizing-input.ts';

export type { SizingInput } from './sizing-input.ts';
export type { SizingStep } from './window-loads.ts';

/** The recommendation before guards, with everything it came from. Throws RangeError on an empty window. */
export function sizeReplicas(input: SizingInput): SizingTrace {
  const instantsMs = [...input.window, ...(input.horizon ?? [])].map(({ atMs }) => atMs);
  return traceAt(sizedReplicas(input), (step) => instantsMs[step], whyTold(input));
}

/** The same, for who knows when the steps are. */
export function sizedReplicas(input: SizingInput): SizedTrace {
  const { policy, currentReplicas } = input;
  const model = serviceModelFrom(policy, input.serviceRateRps);
  // Where replicas get into each other's way there is no plan, and nothing to look at beyond the window.
  const horizon = model.scalability === undefined ? (input.horizon ?? []) : [];
  const loads = loadsOf([...input.window, ...horizon], {
    requests: input.backlogRequests,
    readyRps: capacityRps(model, currentReplicas - input.startingReplicas),
    currentRps: capacityRps(model, currentReplicas),
    startupSeconds: policy.capacity.startupSeconds,
    leadTimeSeconds: input.leadTimeSeconds,
    drainSeconds: drainSeconds(input.leadTimeSeconds),
  });
  const known = input.knownNeeds?.newest(input);
  const asked = askedOf(input);
  const before = known?.answered;
  if (before && isSameQuestion(before.question, asked, loads)) return before.sized;
  const steps = sizedSteps(model, loads, termsOf(input), known);
  const question = { ...asked, ratesRps: loads.map(({ ratesRps }) => ratesRps) };
  const sized = sizedFor(input, { model, loads, steps, question }, before);
  const answered = isTimeless(policy) ? { question, sized } : undefined;
  const { replicas, objectiveReplicas } = steps.at(input.window.length - 1).sized;
  if (input.knownNeeds) {
    const found = steps.known();
    for (const load of found) load.settle();
    input.knownNeeds.keep(input, { loads: found, likely: { replicas, objectiveReplicas }, answered });
  }
  return sized;
}

/** The objective's price, where it weighed anything, and what the load was widened by. */
function whyTold(input: SizingInput): ToldWhy {
  const { policy, objectivePrice, overshoot, window } = input;
  const isUncertain = window.some((step) => 'quantilesRps' in step);
  return toldWhy(policy, { objectivePrice: isUncertain ? objectivePrice : undefined, overshoot });
}

function askedOf(input: SizingInput): Omit<Question, 'ratesRps'> {
  const { window, leadTimeSeconds, currentReplicas, dependencyLimit } = input;
  const servedFrom = firstServedStep(input);
  return { windowSteps: window.length, servedFrom, leadTimeSeconds, currentReplicas, dependencyLimit };
}

/** Where new replicas are cold it matters when each step is. */
function isTimeless({ capacity: { warmUp } }: SizingInput['policy']): boolean {
  return warmUp.durationSeconds === 0 || warmUp.initialRatio === 1;
}

/** The step that the count is for: the highest that new replicas can serve, or one before that keeps more of what runs. */
function decisivePeak(
  steps: SizedSteps,
  served: number,
  { window, currentReplicas }: SizingInput,
): SizedStep {
  const ahead = steps.peak(served, window.length);
  const before = served > 0 ? steps.peak(0, served) : ahead;
  return Math.min(before.sized.need.replicas, currentReplicas) > ahead.sized.need.replicas ? before : ahead;
}

function termsOf({ policy: { slo, cost }, objectivePrice }: SizingInput): Terms {
  return { slo, cost, objectivePrice };
}

interface Steps {
  readonly model: ServiceModel;
  readonly loads: readonly TimedLoad[];
  readonly steps: SizedSteps;
  readonly question: Question;
}

function sizedFor(
  input: SizingInput,
  { model, loads, steps, question }: Steps,
  before: Answered | undefined,
): SizedTrace {
  const { policy } = input;
  const { servedFrom, windowSteps } = question;
  const peak = decisivePeak(steps, servedFrom, input);
  const plan = planOf(steps, question, policy);
  const neededReplicas = replicasWithWarmUp(plan, loads, input);
  const served = loads.slice(servedFrom, windowSteps);
  const chaos = fearsNothing(policy.chaos)
    ? NOTHING_FEARED
    : chaosBufferFor(input, { model, served, neededReplicas });
  const path = loads.length > windowSteps ? pathOf(input, question, neededReplicas) : undefined;
  const peakAtStep = loads.findIndex((load) => load === peak.load);
  if (before && isToldAlike(before, question, { peak, neededReplicas, chaos }))
    return { ...before.sized, peakAtStep, path };
  return sizedTrace({ input, model, peak, peakAtStep, neededReplicas, chaos, path });
}

/** Whether of the step that the count is for, and of the count, all has been told before. */
function isToldAlike(
  { sized, question: asked }: Answered,
  { leadTimeSeconds, dependencyLimit }: Question,
  { peak, neededReplicas, chaos }: Pick<Sized, 'peak' | 'neededReplicas' | 'chaos'>,
): boolean {
  return (
    sized.peakRatesRps === peak.load.ratesRps &&
    sized.told.neededReplicas === neededReplicas &&
    asked.leadTimeSeconds === leadTimeSeconds &&
    chaos === NOTHING_FEARED &&
    dependencyLimit === undefined &&
    asked.dependencyLimit === undefined
  );
}

function chaosBufferFor(
  input: SizingInput,
  {
    model,
    served,
    neededReplicas,
  }: Pick<Steps, 'model'> & {
    readonly served: readonly TimedLoad[];
    readonly neededReplicas: number;
  },
): ChaosVerdict {
  const { chaos, cost } = input.policy;
  return chaosBuffer({
    neededReplicas,
    mostReplicas: peakReplicas(model),
    chaos,
    worlds: sizedWorlds(model, served, termsOf(input)),
    cost,
    replicaCapacityRps: capacityRps(model, 1),
    arrivalRateRps: Math.max(...served.map(meanRateRps)),
  });
}

/**
 * Finds the plan again from the start when it is first looked at: it may be kept for long, and is rarely looked at. It
 * holds on to nothing but the question, and then the counts: who stores decisions looks at it at every tick.
 */
function pathOf(
  { policy, serviceRateRps, objectivePrice }: SizingInput,
  question: Question,
  neededReplicas: number,
): () => readonly number[] {
  let found: readonly number[] | undefined;
  return () => {
    if (found !== undefined) return found;
    const { slo, cost } = policy;
    const model = serviceModelFrom(policy, serviceRateRps);
    const loads = question.ratesRps.map((ratesRps) => ({ ratesRps }));
    const steps = sizedSteps(model, loads, { slo, cost, objectivePrice });
    const [, ...later] = planOf(steps, question, policy).path();
    found = [neededReplicas, ...later];
    return found;
  };
}
