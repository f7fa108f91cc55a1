import { element, setAttribute, setText } from './elements.js';
import {
  countText,
  moneyText,
  momentText,
  NOTHING,
  percentText,
  rateText,
  reasonText,
  spanText,
} from './format.js';
import { reasoningOf } from './reasoning.js';

const WINDOWS = [
  { title: '1 h', seconds: 3600 },
  { title: '3 h', seconds: 10_800 },
  { title: '12 h', seconds: 43_200 },
  { title: 'All', seconds: Infinity },
  { title: '7 d', seconds: 604_800, trendStepSeconds: 1800 },
  { title: '30 d', seconds: 2_592_000, trendStepSeconds: 7200 },
];
const FIRST_WINDOW = WINDOWS[1];

/** The page's frame: what stands where. What is drawn on canvases comes from workload-charts.js. */
export function createWorkloadView(name) {
  const message = element('p', { class: 'message', role: 'status' });
  const figures = element('dl', { class: 'figures' });
  const parts = {
    time: element('div', { class: 'time-charts' }),
    trend: element('div', { class: 'time-charts' }),
    cost: element('div', { class: 'chart' }),
    whatIf: element('div'),
  };
  const reasoning = createReasoning();
  const accuracy = createAccuracyTable();
  const stepper = createStepper();
  const windows = createWindowChoice();
  const root = element(
    'div',
    { class: 'workload', 'data-undecided': true },
    element(
      'div',
      {},
      element('p', { class: 'crumbs' }, element('a', { href: '#/' }, '← Fleet')),
      element('h1', {}, name),
      message,
    ),
    figures,
    panel('wide', 'Load, forecast, replicas', windows.root, parts.time, parts.trend, stepper.root, HINT),
    panel('wide', 'Why so many', reasoning.root),
    panel('', 'Cost of each count', parts.cost),
    panel('', 'What if', parts.whatIf),
    panel('wide', 'Forecast accuracy, one lead time ahead', accuracy.root),
  );
  return {
    root,
    parts,
    windowSeconds: FIRST_WINDOW.seconds,
    tell: (text) => setText(message, text),
    onStep: stepper.onStep,
    onFollow: stepper.onFollow,
    onWindow: windows.onWindow,
    showPosition: stepper.show,
    showAccuracy: accuracy.show,
    showDecision(decision, policy, isPicked) {
      setAttribute(root, 'data-undecided', null);
      fillFigures(figures, decision, policy);
      reasoning.show(decision, policy, isPicked);
      stepper.showFollow(isPicked);
    },
  };
}

const HINT =
  'Blue: what arrived, in the band that was forecast for it one lead time ahead. Orange: the fan of the decision shown, as it was made. Click a moment to see its decision; drag to zoom; double-click to zoom out.';

function panel(kind, title, ...children) {
  const shown = children.map((child) =>
    typeof child === 'string' ? element('p', { class: 'hint' }, child) : child,
  );
  return element('section', { class: `panel ${kind}` }, element('h2', {}, title), ...shown);
}

function createWindowChoice() {
  const listeners = [];
  const buttons = WINDOWS.map((choice) =>
    element('button', { type: 'button', onclick: () => choose(choice) }, choice.title),
  );
  const choose = (chosen) => {
    WINDOWS.forEach((choice, index) =>
      buttons[index].setAttribute('aria-pressed', String(choice === chosen)),
    );
    listeners.forEach((listener) => listener(chosen));
  };
  choose(FIRST_WINDOW);
  return {
    root: element('div', { class: 'choice', role: 'group', 'aria-label': 'Time shown' }, ...buttons),
    onWindow: (listener) => listeners.push(listener),
  };
}

/** Goes through the decisions by keyboard or thumb. */
function createStepper() {
  const input = element('input', { type: 'range', id: 'decision-step', min: 0, value: 0 });
  const moment = element('output', { for: 'decision-step' });
  const follow = element('button', { type: 'button', class: 'quiet' }, 'Follow the newest');
  return {
    root: element(
      'div',
      { class: 'stepper' },
      element('label', { for: 'decision-step' }, 'Decision'),
      input,
      moment,
      follow,
    ),
    onStep: (listener) => input.addEventListener('input', () => listener(Number(input.value))),
    onFollow: (listener) => follow.addEventListener('click', listener),
    showFollow: (isPicked) => (follow.hidden = !isPicked),
    show(points, { id, decidedAt }) {
      const index = points.findIndex((point) => point.id === id);
      input.max = String(points.length - 1);
      input.value = String(index < 0 ? points.length - 1 : index);
      input.setAttribute('aria-valuetext', momentText(decidedAt));
      setText(moment, momentText(decidedAt));
    },
  };
}

function createReasoning() {
  const moment = element('p', { class: 'soft' });
  const chain = element('div');
  const json = element('pre', { tabindex: '0', 'aria-label': 'The decision as JSON' });
  const raw = element('details', { class: 'raw' }, element('summary', {}, 'Raw JSON'), json);
  let shown;
  const showJson = () => raw.open && setText(json, JSON.stringify(shown, null, 2));
  raw.addEventListener('toggle', showJson);
  return {
    root: element('div', {}, moment, chain, raw),
    show(decision, policy, isPicked) {
      shown = decision;
      const which = isPicked ? 'picked by you' : 'the newest';
      setText(moment, `Decided ${momentText(decision.decidedAt)}, ${which}`);
      chain.replaceChildren(reasoningOf(decision, policy.cost));
      showJson();
    },
  };
}

function createAccuracyTable() {
  const body = element('tbody');
  const titles = ['Slots', 'Median error', 'Within 10 %', 'Inside 5 to 95 %'];
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'Model'),
    ...titles.map((title) => element('th', { scope: 'col', class: 'number' }, title)),
  );
  const rowOf = ({ model, slots, medianError, within10, covered }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, model),
      ...[countText(slots), ...[medianError, within10, covered].map(percentText)].map((text) =>
        element('td', { class: 'number' }, text),
      ),
    );
  return {
    root: element(
      'div',
      { class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': 'Accuracy by model' },
      element(
        'table',
        {},
        element('caption', { class: 'unseen' }, 'Accuracy by model'),
        element('thead', {}, head),
        body,
      ),
    ),
    show(models) {
      const none = element('tr', {}, element('td', { colspan: 5 }, 'No forecast has come due yet.'));
      body.replaceChildren(...(models.length > 0 ? models.map(rowOf) : [none]));
    },
  };
}

function fillFigures(list, decision, policy) {
  list.replaceChildren(
    ...[...replicaFigures(decision, policy), ...loadFigures(decision), ...worthFigures(decision, policy)].map(
      ({ title, value, more, isBad = false }) =>
        element(
          'div',
          {},
          element('dt', {}, title),
          element('dd', { 'data-mark': isBad ? 'bad' : null }, value, element('small', {}, more)),
        ),
    ),
  );
}

function replicaFigures(
  { observed, recommendedReplicas, desiredReplicas, outcome },
  { minReplicas, maxReplicas },
) {
  return [
    {
      title: 'Current',
      value: countText(observed.currentReplicas),
      more: `${countText(observed.readyReplicas)} ready`,
    },
    {
      title: 'Recommended',
      value: countText(recommendedReplicas),
      more: `${minReplicas} to ${maxReplicas} allowed`,
    },
    { title: 'Desired', value: countText(desiredReplicas), more: reasonText(outcome.reason) },
  ];
}

function loadFigures({ observed: { arrivalRate }, decidedAt, forecast, quantileLevels }) {
  const isValue = arrivalRate.kind === 'value';
  const rate = {
    title: 'Arrival rate',
    value: isValue ? rateText(arrivalRate.value) : NOTHING,
    more: isValue
      ? `${spanText((Date.parse(decidedAt) - Date.parse(arrivalRate.endsAt)) / 1000)} old`
      : reasonText(arrivalRate.kind),
    isBad: !isValue,
  };
  if (forecast.kind !== 'forecast')
    return [rate, { title: 'Forecast peak', value: NOTHING, more: 'no model could forecast', isBad: true }];
  const median = quantileLevels.indexOf(0.5);
  return [
    rate,
    {
      title: 'Forecast peak',
      value: rateText(Math.max(...forecast.quantilesRps.map((quantiles) => quantiles[median]))),
      more: `${forecast.model}, confidence ${percentText(forecast.confidenceRatio)}`,
    },
  ];
}

function worthFigures({ sizing }, { mode, slo, cost }) {
  const late = sizing?.sloViolationProbability;
  const allowed = 1 - slo.objectiveRatio;
  return [
    {
      title: 'SLO risk',
      value: percentText(late),
      more: `allowed ${percentText(allowed)}`,
      isBad: late > allowed,
    },
    {
      title: 'Cost per hour',
      value: cost.perReplicaHour === null ? NOTHING : moneyText(sizing?.costPerHour.total, cost.currency),
      more: `mode ${mode}`,
    },
  ];
}
