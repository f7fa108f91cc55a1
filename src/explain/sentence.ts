import type { ActuationRecord } from '../domain/actuation.ts';
import { causedRps } from '../domain/caller.ts';
import { asksForChange, type Decision, desiredReplicas } from '../domain/decision.ts';
import { durationFromSeconds } from '../domain/duration.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { Reason } from '../domain/reasons.ts';
import type { SizingReason, SizingTrace } from '../domain/sizing.ts';
import { heldByDependency } from './held-by-dependency.ts';
import { lastChange, stepOf } from './decisive-step.ts';
import { percentText, rateText, relativeTimeText, replicasText } from '../domain/figures.ts';

/**
 * A decision in one sentence, e.g. "checkout: 12 -> 18 replicas: forecast (arima, confidence 0.93) peaks at 412 rps in
 * 2m30s; 18 replicas keep 99.4 % within 250ms". What came of it is added where the actuation record is given.
 */
export function sentence(decision: Decision, actuation?: ActuationRecord): string {
  const clauses = [
    decision.sizing ? basisClause(decision, decision.sizing) : undefined,
    decision.sizing ? promiseClause(decision, decision.sizing) : undefined,
    decision.sizing ? SIZING_CLAUSES[decision.sizing.reason] : undefined,
    heldByDependency(decision.sizing),
    bufferClause(decision.sizing),
    dropClause(decision),
    guardClause(decision),
    holdClause(actuation),
    actuation && actuationClause(actuation),
  ];
  const said = clauses.filter((clause) => clause !== undefined);
  return `${decision.workload.name}: ${moveText(decision)}: ${said.join('; ')}`;
}

/** "12 -> 18 replicas", or "stays at 12 replicas". */
export function moveText(decision: Decision): string {
  const { currentReplicas } = decision.observed;
  return asksForChange(decision)
    ? `${currentReplicas} -> ${replicasText(desiredReplicas(decision))}`
    : `stays at ${replicasText(currentReplicas)}`;
}

/** Those of `forecast-trust` that leave the measured load to decide. */
const UNTRUSTED: ReadonlySet<Reason> = new Set<Reason>([
  'ForecastUnavailable',
  'LowConfidence',
  'ForecastDrifted',
]);

/** What a sizing has to say beyond "this is what the load needs". */
const SIZING_CLAUSES: Readonly<Record<SizingReason, string | undefined>> = {
  CostOptimum: undefined,
  ObjectiveMet: undefined,
  ServiceTimeExceedsSlo: 'the service itself is too slow for the SLO at any count',
  ScalingOutCannotHelp: 'more replicas would lower the capacity',
  // Said with the dependency's name.
  DependencyLimit: undefined,
  MaxReplicasTooSmall: 'maxReplicas does not carry the load',
};

function basisClause(decision: Decision, sizing: SizingTrace): string {
  const { forecast } = decision;
  const load = decision.observed.backlogRequests > 0 ? ', backlog included,' : '';
  // A peak slot that has begun covers now: nothing before now was sized for.
  const peakAtMs = Math.max(sizing.peakAtMs, decision.decidedAtMs);
  const peak = `${rateText(sizing.sizedForRps)} ${relativeTimeText(peakAtMs, decision.decidedAtMs)}`;
  if (sizing.basis === 'forecast' && forecast.kind === 'forecast')
    return `forecast (${forecast.model}, confidence ${forecast.confidenceRatio.toFixed(2)}${withCallers(forecast)})${load} peaks at ${peak}`;
  const trust = stepOf(decision, 'forecast-trust')?.reason;
  const why = trust !== undefined && UNTRUSTED.has(trust) ? trust : 'it needs more than the forecast';
  const waiting = sizing.overload ? ', with what will wait by then,' : load;
  return `${measuredText(decision)}${waiting} is ${rateText(sizing.sizedForRps)} (${why})`;
}

/** What callers are about to ask for counts as measured, where it is more. */
function measuredText({ observed: { arrivalRate, callers = [] } }: Decision): string {
  const isCaused = arrivalRate.kind === 'value' && causedRps(callers) > arrivalRate.value;
  return isCaused ? `what ${callers.map(({ name }) => name).join(' and ')} will ask` : 'measured load';
}

function withCallers({ callers = [] }: Forecast): string {
  return callers.length === 0 ? '' : `, with what ${callers.map(({ name }) => name).join(' and ')} will ask`;
}

/** Told for the target where it was recommended or the cost curve knows it, else for the count that was recommended. */
function promiseClause(decision: Decision, sizing: SizingTrace): string {
  const within = durationFromSeconds(decision.slo.responseSeconds);
  const target = desiredReplicas(decision);
  const known = violationAt(target, sizing);
  if (known !== undefined)
    return `${keep(replicasText(target), target)} ${percentText(1 - known)} within ${within}`;
  const promise = percentText(1 - sizing.sloViolationProbability);
  return `${replicasText(sizing.replicas)} would keep ${promise} within ${within}`;
}

/** The cost curve is drawn when it is first looked at: not for a count that it says nothing new about. */
function violationAt(replicas: number, sizing: SizingTrace): number | undefined {
  if (replicas === sizing.replicas) return sizing.sloViolationProbability;
  return sizing.candidates.find((candidate) => candidate.replicas === replicas)?.sloViolationProbability;
}

function keep(subject: string, count: number): string {
  return `${subject} ${count === 1 ? 'keeps' : 'keep'}`;
}

/** A service that has become slower is what more replicas than usual are for. */
function dropClause({ observed: { learnedRate }, decidedAtMs }: Decision): string | undefined {
  if (learnedRate?.kind !== 'learned' || learnedRate.drop === null) return undefined;
  const { rateRps, drop } = learnedRate;
  const when = relativeTimeText(drop.atMs, decidedAtMs);
  return `the service rate fell from ${rateText(drop.beforeRps)} to ${rateText(rateRps)} per server ${when}`;
}

function bufferClause(sizing: SizingTrace | undefined): string | undefined {
  const buffer = sizing?.buffer;
  // Held back, how many of them are spare depends on which one looks at.
  if (!buffer || buffer.bufferReplicas === 0 || sizing.dependency) return undefined;
  return `${buffer.bufferReplicas} of them spare for ${buffer.scenario}`;
}

function whatIsMissing(reason: Reason): string {
  return reason === 'ServiceRateUnknown' ? 'no service rate to size with' : 'no trusted measurement';
}

function guardClause(decision: Decision): string | undefined {
  const { outcome } = decision;
  if (outcome.kind === 'abstain') {
    const metrics = stepOf(decision, 'metrics-trust');
    const bounds = lastChange(decision, ['bounds']);
    const forced = bounds ? `; ${bounds.message}` : '';
    return `${whatIsMissing(outcome.reason)} (${outcome.reason}: ${metrics?.message ?? 'nothing is known'})${forced}`;
  }
  const step = lastChange(decision) ?? decision.guards.find(({ reason }) => reason === 'Paused');
  return step && `${step.reason}: ${step.message}`;
}

/** What the fleet's safety made of it. */
function holdClause(actuation: ActuationRecord | undefined): string | undefined {
  return actuation?.hold && `${actuation.hold.reason}: ${actuation.hold.message}`;
}

function actuationClause({ result, message, toReplicas }: ActuationRecord): string | undefined {
  switch (result) {
    case 'applied':
      // That the target was asked for the count need not be said; that something else was written, such as a floor, must.
      return ['', `asked for ${toReplicas}`].includes(message) ? 'applied' : `applied: ${message}`;
    case 'unchanged':
      return undefined;
    case 'dryRun':
      return 'dry run, nothing written';
    case 'notLeader':
      return 'not written: another controller leads';
    case 'stopped':
      return 'not written';
    case 'conflict':
    case 'refused':
    case 'failed':
      return `not written: ${message}`;
  }
}
