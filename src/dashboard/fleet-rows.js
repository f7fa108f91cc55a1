import { element, setAttribute, setText } from './elements.js';
import { clockText, countText, figureText, moneyText, NOTHING, percentText, reasonText } from './format.js';

/**
 * The columns of the fleet's table: what is shown, and what it is sorted by.
 * `value` null sorts last whichever way.
 */
export const COLUMNS = [
  { id: 'workload', title: 'Workload', value: (one) => `${one.namespace}/${one.name}`, text: null },
  { id: 'mode', title: 'Mode', value: modeOf, text: modeOf },
  { id: 'current', title: 'Current', numeric: true, value: (one) => one.currentReplicas, text: currentText },
  {
    id: 'recommended',
    title: 'Recommended',
    numeric: true,
    value: (one) => one.recommendedReplicas,
    text: (one) => countText(one.recommendedReplicas),
  },
  {
    id: 'desired',
    title: 'Desired',
    numeric: true,
    value: (one) => one.desiredReplicas,
    text: (one) => countText(one.desiredReplicas),
    mark: desiredMark,
  },
  {
    id: 'rate',
    title: 'Rate, rps',
    numeric: true,
    value: (one) => one.arrivalRate?.rps ?? null,
    text: rateTextOf,
    mark: (one) => (one.arrivalRate && one.arrivalRate.kind !== 'value' ? 'warn' : null),
  },
  {
    id: 'peak',
    title: 'Forecast peak, rps',
    numeric: true,
    value: (one) => one.forecast?.peakRps ?? null,
    text: (one) =>
      one.forecast ? `${figureText(one.forecast.peakRps)} at ${clockText(one.forecast.peakAt)}` : NOTHING,
  },
  {
    id: 'confidence',
    title: 'Confidence',
    numeric: true,
    value: (one) => one.forecast?.confidenceRatio ?? null,
    text: (one) => percentText(one.forecast?.confidenceRatio),
  },
  {
    id: 'risk',
    title: 'SLO risk',
    numeric: true,
    value: (one) => one.sloViolationProbability,
    text: (one) => percentText(one.sloViolationProbability),
    mark: (one) => (isAtRisk(one) ? 'bad' : null),
  },
  {
    id: 'cost',
    title: 'Cost / hour',
    numeric: true,
    value: (one) => one.costPerHour?.total ?? null,
    text: (one) => (one.costPerHour ? moneyText(one.costPerHour.total, one.costPerHour.currency) : NOTHING),
  },
  {
    id: 'reason',
    title: 'Last reason',
    value: (one) => one.lastDecision?.reason ?? null,
    text: (one) => (one.lastDecision ? reasonText(one.lastDecision.reason) : 'no decision yet'),
    mark: (one) => (one.lastDecision?.outcome === 'abstain' ? 'warn' : null),
  },
];

/** Whether more requests are expected to be late than the objective allows. */
export function isAtRisk({ sloViolationProbability: late, slo }) {
  return late !== null && late > 1 - slo.objectiveRatio;
}

function modeOf({ mode, paused }) {
  return paused ? `${mode}, paused` : mode;
}

function currentText({ currentReplicas, readyReplicas }) {
  if (currentReplicas === null || currentReplicas === readyReplicas) return countText(currentReplicas);
  return `${countText(currentReplicas)} (${countText(readyReplicas)} ready)`;
}

function rateTextOf({ arrivalRate }) {
  if (!arrivalRate) return NOTHING;
  return arrivalRate.kind === 'value' ? figureText(arrivalRate.rps) : reasonText(arrivalRate.kind);
}

function desiredMark({ currentReplicas, desiredReplicas }) {
  if (currentReplicas === null || desiredReplicas === currentReplicas) return null;
  return desiredReplicas > currentReplicas ? 'up' : 'down';
}

/** One line of the table, which is told of each change and writes only what differs. */
export function createRow(autoscaler) {
  const link = element('a', { href: workloadHref(autoscaler) }, `${autoscaler.namespace}/${autoscaler.name}`);
  const cells = COLUMNS.slice(1).map(({ title, numeric }) =>
    element('td', { 'data-title': title, class: numeric ? 'number' : null }),
  );
  const row = element('tr', {}, element('th', { scope: 'row' }, link), ...cells);
  const update = (one) =>
    COLUMNS.slice(1).forEach(({ text, mark }, index) => {
      setText(cells[index], text(one));
      setAttribute(cells[index], 'data-mark', mark?.(one) ?? null);
    });
  update(autoscaler);
  return { row, update };
}

/** @param {{ namespace: string, name: string }} workload */
export function workloadHref({ namespace, name }) {
  return `#/workloads/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}
