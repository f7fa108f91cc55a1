import type { ActuationRecord } from '../domain/actuation.ts';
import { isoFromMs } from '../domain/clock.ts';
import type { Decision, GuardStep } from '../domain/decision.ts';
import type { CallerReading } from '../domain/caller.ts';
import { durationFromSeconds } from '../domain/duration.ts';
import { forecastAgeSeconds, MEDIAN_INDEX } from '../domain/forecast.ts';
import { sampleAgeSeconds } from '../domain/observation.ts';
import { reasonSentence } from '../domain/reasons.ts';
import type { SizingTrace } from '../domain/sizing.ts';
import type { StartupSource } from '../domain/startup-time.ts';
import { workloadKey } from '../domain/workload.ts';
import { percentText, rateText, relativeTimeText, replicasText, significant } from '../domain/figures.ts';
import { heldByDependency } from './held-by-dependency.ts';
import { moveText } from './sentence.ts';

/** Width of the column that names the stages. */
const LABEL_WIDTH = 10;

/**
 * The whole chain of one decision as lines of text: observed, forecast, queueing, buffer, each guard, outcome, and
 * what came of it where the actuation record is given.
 */
export function decisionText(decision: Decision, actuation?: ActuationRecord): string {
  const { outcome } = decision;
  const lines = [
    `${workloadKey(decision.workload)}  ${isoFromMs(decision.decidedAtMs)}  ${moveText(decision)}`,
    line('observed', observedText(decision)),
    ...startupLines(decision),
    line('forecast', forecastText(decision)),
    ...(decision.sizing
      ? [
          line('queueing', queueingText(decision, decision.sizing)),
          ...planLines(decision, decision.sizing),
          ...overshootLines(decision.sizing),
          ...surgeLines(decision.sizing),
          ...overloadLines(decision.sizing),
          ...objectiveLines(decision.sizing),
          line('buffer', bufferText(decision.sizing)),
          ...scenarioLines(decision.sizing),
          ...dependencyLines(decision.sizing),
        ]
      : [line('queueing', 'not sized: there is no trusted measurement')]),
    ...guardLines(decision.guards),
    ...hpaLines(decision),
    line('outcome', `${outcome.kind}, ${outcome.reason}: ${reasonSentence(outcome.reason)}`),
    ...(actuation ? [line('actuation', `${actuation.result}: ${actuation.message}`)] : []),
  ];
  return lines.join('\n');
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)} ${text}`;
}

function observedText(decision: Decision): string {
  const { observed } = decision;
  const measured = observed.arrivalRate;
  const age = sampleAgeSeconds(observed);
  const old = age === undefined ? '' : ` (${durationFromSeconds(Math.round(age))} old)`;
  const load = 'value' in measured ? `${rateText(measured.value)}${old}` : `no measured load${old}`;
  const parts = [
    measured.kind === 'value' ? load : `${measured.kind}, ${load}`,
    `${observed.readyReplicas} of ${replicasText(observed.currentReplicas)} ready`,
    serviceRateText(decision),
  ];
  if (observed.backlogRequests > 0) parts.push(`${significant(observed.backlogRequests)} requests waiting`);
  for (const { name, free } of observed.dependencies)
    parts.push(
      `${name} ${free.kind === 'value' ? `has ${significant(free.value)} left` : `is not known (${free.kind})`}`,
    );
  parts.push(...(observed.callers ?? []).map(callerText));
  if (observed.rollingOut) parts.push('rolling out');
  return parts.join(', ');
}

function callerText({ name, ratio, arrivalRateRps }: CallerReading): string {
  const asked = arrivalRateRps === null ? 'nothing that is known' : rateText(arrivalRateRps);
  return `${name} is asked for ${asked} (x ${significant(ratio)} here)`;
}

/** "25 rps per server", or what was learned of it and which end of the interval is sized with. */
function serviceRateText({ observed, decidedAtMs }: Decision): string {
  const { serviceRateRps, learnedRate } = observed;
  if (serviceRateRps === null || learnedRate?.kind === 'unknown') {
    const missing = learnedRate?.kind === 'unknown' ? `: ${learnedRate.message}` : '';
    return `rate per server not known${missing}`;
  }
  if (learnedRate === undefined) return `${rateText(serviceRateRps)} per server`;
  const { rateRps, lowerRps, upperRps, samples, source, drop } = learnedRate;
  const interval = `95 % interval ${significant(lowerRps)} to ${significant(upperRps)}`;
  const fell = drop
    ? `; fell from ${rateText(drop.beforeRps)} ${relativeTimeText(drop.atMs, decidedAtMs)}`
    : '';
  return `${rateText(rateRps)} per server, learned from ${source} in ${samples} slots, ${interval}, sized with ${significant(serviceRateRps)}${fell}`;
}

/** "24s, learned; 30 starts seen: p50 21s, p95 24s". What was seen is told also where the policy gives its own. */
function startupLines({ startup, observed: { learnedStartup } }: Decision): readonly string[] {
  if (startup === undefined) return [];
  const taken = `${durationFromSeconds(startup.seconds)}, ${STARTUP_TEXTS[startup.source]}`;
  if (learnedStartup === undefined) return [line('start-up', taken)];
  const { p50Seconds, p95Seconds, samples } = learnedStartup;
  const seen = `${samples} ${samples === 1 ? 'start' : 'starts'} seen: p50 ${durationFromSeconds(p50Seconds)}, p95 ${durationFromSeconds(p95Seconds)}`;
  return [line('start-up', `${taken}; ${seen}`)];
}

const STARTUP_TEXTS: Readonly<Record<StartupSource, string>> = {
  policy: 'given by the policy',
  learned: 'learned',
  assumed: 'assumed: too few replicas have been seen to start',
};

function forecastText({ forecast, decidedAtMs }: Decision): string {
  const skipped = forecast.skipped.map((skip) => `${skip.model} ${skip.reason} (${skip.message})`);
  const skippedText = skipped.length === 0 ? '' : `; skipped: ${skipped.join(', ')}`;
  if (forecast.kind === 'unavailable') return `none${skippedText}`;
  const { model, confidenceRatio, quantilesRps, stepSeconds, originAtMs } = forecast;
  const medians = quantilesRps.map((quantiles) => quantiles[MEDIAN_INDEX]);
  const peak = medians.indexOf(Math.max(...medians));
  const at = relativeTimeText(originAtMs + peak * stepSeconds * 1000, decidedAtMs);
  const horizon = durationFromSeconds(quantilesRps.length * stepSeconds);
  const age = durationFromSeconds(Math.round(forecastAgeSeconds(forecast, decidedAtMs)));
  return `${model}, confidence ${confidenceRatio.toFixed(2)}, from load up to ${age} ago: median peaks at ${rateText(medians[peak])} ${at} within ${horizon}${skippedText}`;
}

function queueingText(decision: Decision, sizing: SizingTrace): string {
  const when = relativeTimeText(Math.max(sizing.peakAtMs, decision.decidedAtMs), decision.decidedAtMs);
  const response = sizing.meanResponseSeconds;
  const parts = [
    `${replicasText(sizing.neededReplicas)} for ${rateText(sizing.sizedForRps)} ${when} (${sizing.basis})`,
    `lead time ${durationFromSeconds(sizing.leadTimeSeconds)}`,
    `${significant(sizing.offeredLoadErlangs)} erlangs on ${sizing.servers} servers, ${percentText(sizing.utilizationRatio)} busy`,
    `${percentText(sizing.sloViolationProbability)} later than ${durationFromSeconds(decision.slo.responseSeconds)}`,
    response === null ? 'no steady state' : `mean response ${durationFromSeconds(response)}`,
    `cost per hour ${significant(sizing.costPerHour.total)}`,
    sizing.reason,
  ];
  return parts.join('; ');
}

/** What is sized for instead of the forecast's quantiles; nothing where these are. */
function overshootLines({ overshoot }: SizingTrace): readonly string[] {
  if (overshoot === undefined) return [];
  const { level, ratio, lossRatio, mostRps } = overshoot;
  return [
    line(
      'overshoot',
      `${significant(ratio)} times what is expected, at most ${rateText(mostRps)}: no more has come at ${percentText(level)} of it; the forecast's own quantiles did worse (loss ${percentText(lossRatio)} of theirs)`,
    ),
  ];
}

/** How far the load is above its forecast; nothing where it is not. */
function surgeLines({ surge }: SizingTrace): readonly string[] {
  if (surge === undefined) return [];
  const { measuredRps, expectedRps, addedRps } = surge;
  return [
    line(
      'surge',
      `${rateText(measuredRps)} where the forecast had ${rateText(expectedRps)}: ${rateText(addedRps)} are added up to the lead time`,
    ),
  ];
}

/** What more than can be served leaves behind; nothing where all that arrives is served. */
function overloadLines({ overload }: SizingTrace): readonly string[] {
  if (overload === undefined) return [];
  const { waitingRequests, drainSeconds } = overload;
  return [
    line(
      'overload',
      `${significant(waitingRequests)} requests will wait when more serves: worked off in ${durationFromSeconds(Math.round(drainSeconds))}`,
    ),
  ];
}

/** What the objective's own price is and what has moved it; nothing where the policy's prices decide. */
function objectiveLines({ objectivePrice: price }: SizingTrace): readonly string[] {
  if (price === undefined) return [];
  const used = `${percentText(price.avoidablyLateRatio)} late for want of replicas over ${durationFromSeconds(60 * Math.round(price.accountSeconds / 60))}, ${percentText(price.allowedRatio)} allowed`;
  return [
    line(
      'objective',
      `${used}: a late request weighs as much as ${significant(price.replicaSeconds)} s of a replica`,
    ),
  ];
}

/** What HPA would have made of the same measurements, where it was counted. */
function hpaLines({ hpaReplicas }: Decision): readonly string[] {
  if (hpaReplicas === undefined) return [];
  return [line('hpa', `would have asked for ${replicasText(hpaReplicas)} from the same measurements`)];
}

/** Where the plan changes, and to how many; nothing where there is no plan beyond now. */
function planLines({ decidedAtMs }: Decision, { plan }: SizingTrace): readonly string[] {
  if (plan === undefined) return [];
  const counts = plan.flatMap(({ atMs, replicas }, k) => {
    if (k === 0) return [`${replicas} now`];
    return replicas === plan[k - 1].replicas ? [] : [`${replicas} ${relativeTimeText(atMs, decidedAtMs)}`];
  });
  const ahead = durationFromSeconds(Math.round((plan[plan.length - 1].atMs - decidedAtMs) / 1000));
  return [line('plan', `${counts.join(', ')}; planned ${ahead} ahead`)];
}

function bufferText({ buffer, resilience, replicas }: SizingTrace): string {
  const spare = buffer
    ? `${buffer.bufferReplicas} for ${buffer.scenario}, ${significant(buffer.costPerHour)} per hour`
    : 'none';
  const survives = resilience ? `, survives ${percentText(resilience.ratio)} of what may fail` : '';
  return `${spare}${survives}; recommended ${replicasText(replicas)}`;
}

function dependencyLines(sizing: SizingTrace): string[] {
  const held = heldByDependency(sizing);
  return held === undefined ? [] : [line('dependency', held)];
}

/** One line for each failure that the policy fears. */
function scenarioLines({ resilience }: SizingTrace): string[] {
  const scenarios = resilience?.scenarios ?? [];
  const names = Math.max(...scenarios.map(({ scenario }) => scenario.length));
  return scenarios.map(({ scenario, cover, need, isSurvived }) => {
    const asks = need
      ? `needs ${need.neededReplicas} and loses ${need.lostReplicas}: ${need.neededReplicas + need.lostReplicas}`
      : 'not held for';
    return line('', `${scenario.padEnd(names)}  ${cover}, ${asks}; ${isSurvived ? '' : 'not '}survived`);
  });
}

function guardLines(steps: readonly GuardStep[]): readonly string[] {
  const names = Math.max(0, ...steps.map((step) => step.guard.length));
  return steps.map((step, index) => {
    const { guard, beforeReplicas: before, afterReplicas: after } = step;
    const count = before === after ? `${after}` : `${before} -> ${after}`;
    const text = `${guard.padEnd(names)}  ${count.padEnd(10)}  ${step.reason}: ${step.message}`;
    return line(index === 0 ? 'guards' : '', text);
  });
}
