import { element } from './elements.js';
import {
  countText,
  figureText,
  moneyText,
  momentText,
  percentText,
  rateText,
  reasonText,
  spanText,
} from './format.js';

/**
 * A decision as the chain that it is: measured, forecast, queueing, buffer, each guard, outcome.
 * @param {any} decision as the API answers it
 * @param {{ currency: string }} policy
 * @returns {HTMLElement}
 */
export function reasoningOf(decision, { currency }) {
  return element(
    'ol',
    { class: 'chain' },
    measured(decision),
    forecast(decision),
    ...sized(decision, currency),
    ...decision.guards.map(guard),
    outcome(decision),
  );
}

/** One link: its count on the left where it has one, whether it changed anything, and its sentence. */
function link({ name, count = null, changed = false, isQuiet = false, tone = null }, ...text) {
  const kind = changed ? 'changed' : isQuiet ? 'quiet-link' : null;
  return element(
    'li',
    { class: kind, 'data-mark': tone },
    element('span', { class: 'chain-name' }, name),
    element('span', { class: 'chain-count number' }, count ?? ''),
    element('span', { class: 'chain-text' }, ...text),
  );
}

function measured({ observed, decidedAt }) {
  const { arrivalRate, readyReplicas, currentReplicas, serviceRateRps, backlogRequests } = observed;
  const age = arrivalRate.endsAt
    ? `, ${spanText((Date.parse(decidedAt) - Date.parse(arrivalRate.endsAt)) / 1000)} old`
    : '';
  const isValue = arrivalRate.kind === 'value';
  const rate = isValue ? rateText(arrivalRate.value) : reasonText(arrivalRate.kind);
  const parts = [
    `${rate}${age}`,
    `${countText(readyReplicas)} of ${countText(currentReplicas)} ready`,
    serviceRateRps === null ? 'service rate not known yet' : `${rateText(serviceRateRps)} per busy server`,
  ];
  if (backlogRequests > 0) parts.push(`${countText(backlogRequests)} requests waiting`);
  if (arrivalRate.message) parts.push(arrivalRate.message);
  return link(
    { name: 'Measured', count: countText(currentReplicas), tone: isValue ? null : 'warn' },
    parts.join('; '),
  );
}

function forecast({ forecast: made, quantileLevels }) {
  const skipped = made.skipped.map(
    ({ model, reason, message }) => `${model}: ${reasonText(reason)} (${message})`,
  );
  const passed = skipped.length === 0 ? null : element('small', {}, `Passed over: ${skipped.join('; ')}`);
  if (made.kind === 'unavailable') return link({ name: 'Forecast', tone: 'warn' }, 'none', passed);
  const medians = made.quantilesRps.map((quantiles) => quantiles[quantileLevels.indexOf(0.5)]);
  const peak = Math.max(...medians);
  const at = Date.parse(made.originAt) + medians.indexOf(peak) * made.stepSeconds * 1000;
  return link(
    { name: 'Forecast' },
    `${made.model}, confidence ${percentText(made.confidenceRatio)}: the median peaks at ${rateText(peak)} on ${momentText(at)}, within ${spanText(medians.length * made.stepSeconds)} looked ahead`,
    passed,
  );
}

function sized(decision, currency) {
  const { sizing } = decision;
  if (!sizing)
    return [
      link({ name: 'Queueing', tone: 'warn' }, 'nothing was sized: there was no trusted load to size for'),
    ];
  return [queueing(decision, currency), buffer(sizing, currency)];
}

function queueing({ sizing, slo }, currency) {
  const busy = `${figureText(sizing.offeredLoadErlangs)} erlangs on ${countText(sizing.servers)} servers, ${percentText(sizing.utilizationRatio)} busy`;
  const late = `${percentText(sizing.sloViolationProbability)} later than ${spanText(slo.responseSeconds)} (allowed ${percentText(1 - slo.objectiveRatio)})`;
  const response =
    sizing.meanResponseSeconds === null
      ? 'no steady state'
      : `mean response ${spanText(sizing.meanResponseSeconds)}`;
  const cost =
    sizing.costPerHour.total > 0
      ? `; ${moneyText(sizing.costPerHour.total, currency)} per hour (${moneyText(sizing.costPerHour.replicas, currency)} replicas, ${moneyText(sizing.costPerHour.violations, currency)} late requests)`
      : '';
  return link(
    { name: 'Queueing', count: countText(sizing.neededReplicas), changed: true },
    `for ${rateText(sizing.sizedForRps)} (${sizing.basis}), serving ${spanText(sizing.leadTimeSeconds)} from now: ${busy}; ${late}; ${response}${cost}; ${reasonText(sizing.reason)}`,
    sizing.dependency
      ? element(
          'small',
          {},
          `${sizing.dependency.name} has room for ${countText(sizing.dependency.mostReplicas)} replicas`,
        )
      : null,
  );
}

function buffer({ buffer: spare, resilience, replicas }, currency) {
  const text = spare
    ? `${countText(spare.bufferReplicas)} spare for ${spare.scenario}, ${moneyText(spare.costPerHour, currency)} per hour`
    : 'none';
  const scenarios = (resilience?.scenarios ?? []).map(
    ({ scenario, cover, isSurvived }) =>
      `${scenario}: ${reasonText(cover)}, ${isSurvived ? '' : 'not '}survived`,
  );
  return link(
    { name: 'Buffer', count: countText(replicas), changed: (spare?.bufferReplicas ?? 0) > 0 },
    resilience ? `${text}; survives ${percentText(resilience.ratio)} of what may fail` : text,
    scenarios.length === 0 ? null : element('small', {}, scenarios.join('; ')),
  );
}

function guard({ guard: name, beforeReplicas, afterReplicas, reason, message }) {
  const changed = beforeReplicas !== afterReplicas;
  return link(
    {
      name,
      count: changed
        ? `${countText(beforeReplicas)} → ${countText(afterReplicas)}`
        : countText(afterReplicas),
      changed,
      isQuiet: !changed,
    },
    element('b', {}, reasonText(reason)),
    `: ${message}`,
  );
}

function outcome({ outcome: { kind, reason }, desiredReplicas, actuation }) {
  const told = actuation
    ? `; ${reasonText(actuation.result)}${actuation.message ? `: ${actuation.message}` : ''}`
    : '';
  return link(
    {
      name: 'Outcome',
      count: countText(desiredReplicas),
      changed: kind === 'scale',
      tone: kind === 'abstain' ? 'warn' : null,
    },
    element('b', {}, kind),
    `, ${reasonText(reason)}${told}`,
  );
}
