import { element, setText } from './elements.js';
import { postJson } from './fetch-json.js';
import { countText, figureText, moneyText, percentText, rateText, reasonText, spanText } from './format.js';

const ASK_AFTER_MS = 250;

/**
 * Sliders that ask the controller what it would decide: nothing is written.
 * @param {{ namespace: string, name: string }} workload
 * @param {any} policy as the API answers it
 * @param {() => any} decisionNow the decision that is shown, which the answer is set against
 */
export function createWhatIf(workload, policy, decisionNow) {
  const sliders = slidersOf(policy);
  const inputs = sliders.map((slider) => createSlider(slider, () => later()));
  const cells = ROWS.map(() => ({
    now: element('td', { class: 'number' }),
    then: element('td', { class: 'number' }),
  }));
  const message = element('p', { class: 'message', role: 'status' });
  let timer = 0;
  let asking = new AbortController();

  const overrides = () =>
    Object.fromEntries(
      sliders.flatMap(({ field, valueAt }, index) =>
        inputs[index].isTouched() ? [[field, valueAt(inputs[index].position())]] : [],
      ),
    );
  const ask = async () => {
    asking.abort();
    asking = new AbortController();
    const decision = decisionNow();
    if (!decision) return;
    const body = { workload, decision: decision.id, overrides: overrides() };
    try {
      const answer = await postJson('api/v1/decisions', body, asking.signal);
      setText(message, '');
      fill(decision, answer);
    } catch (error) {
      if (error.name !== 'AbortError') setText(message, error.message);
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ASK_AFTER_MS);
  };
  const fill = (before, after) =>
    ROWS.forEach(({ text }, index) => {
      const [now, then] = [text(before, policy), text(after, policy)];
      setText(cells[index].now, now);
      setText(cells[index].then, then);
      cells[index].then.toggleAttribute('data-differs', now !== then);
    });

  const reset = () => {
    inputs.forEach((input) => input.reset());
    void ask();
  };
  return {
    root: layoutOf(inputs, cells, { message, reset }),
    /** For another decision than before. */
    refresh: later,
    close() {
      clearTimeout(timer);
      asking.abort();
    },
  };
}

function layoutOf(inputs, cells, { message, reset }) {
  const head = element(
    'tr',
    {},
    element('td'),
    element('th', { scope: 'col', class: 'number' }, 'As it is'),
    element('th', { scope: 'col', class: 'number' }, 'What if'),
  );
  const rows = ROWS.map(({ title }, index) =>
    element('tr', {}, element('th', { scope: 'row' }, title), cells[index].now, cells[index].then),
  );
  return element(
    'div',
    { class: 'what-if' },
    element(
      'div',
      { class: 'sliders' },
      ...inputs.map(({ root }) => root),
      element('button', { type: 'button', class: 'quiet', onclick: reset }, 'Reset'),
    ),
    element(
      'div',
      { class: 'what-if-answer' },
      message,
      element(
        'table',
        { 'aria-live': 'polite' },
        element('caption', { class: 'unseen' }, 'The decision as it is, and as it would be'),
        element('thead', {}, head),
        element('tbody', {}, ...rows),
      ),
    ),
  );
}

const ROWS = [
  { title: 'Sized for', text: ({ sizing }) => rateText(sizing?.sizedForRps) },
  { title: 'Recommended replicas', text: ({ recommendedReplicas }) => countText(recommendedReplicas) },
  { title: 'After guards', text: ({ desiredReplicas }) => countText(desiredReplicas) },
  { title: 'SLO risk', text: ({ sizing }) => percentText(sizing?.sloViolationProbability) },
  {
    title: 'Cost per hour',
    text: ({ sizing }, { cost }) =>
      cost.perReplicaHour === null ? '–' : moneyText(sizing?.costPerHour.total, cost.currency),
  },
  { title: 'Reason', text: ({ outcome }) => reasonText(outcome.reason) },
];

/** From `least` to `most` times the policy's own value, evenly by ratio: half is as far as double. */
function scaled(own, octaves) {
  return { min: -octaves, max: octaves, step: 0.1, at: 0, valueAt: (position) => own * 2 ** position };
}

function slidersOf({ capacity, slo, cost }) {
  const startup = capacity.startupSeconds;
  return [
    {
      field: 'trafficMultiplier',
      title: 'Traffic',
      ...scaled(1, 3),
      text: (value) => `× ${figureText(value)}`,
    },
    {
      field: 'startupSeconds',
      title: 'Start-up time',
      min: 0,
      max: Math.max(600, 2 * startup),
      step: 5,
      at: startup,
      valueAt: (position) => position,
      text: spanText,
    },
    {
      field: 'responseSeconds',
      title: 'SLO: answered within',
      ...scaled(slo.responseSeconds, 3),
      text: spanText,
    },
    ...(cost.perReplicaHour === null
      ? []
      : [
          {
            field: 'replicaCostPerHour',
            title: 'Price of a replica-hour',
            ...scaled(cost.perReplicaHour, 4),
            text: (value) => moneyText(value, cost.currency),
          },
        ]),
  ];
}

function createSlider({ field, title, min, max, step, at, valueAt, text }, onInput) {
  const id = `what-if-${field}`;
  const output = element('output', { for: id });
  const input = element('input', { type: 'range', id, min, max, step });
  input.value = String(at);
  const tell = () => {
    const told = text(valueAt(Number(input.value)));
    setText(output, told);
    input.setAttribute('aria-valuetext', told);
  };
  input.addEventListener('input', () => {
    tell();
    onInput();
  });
  tell();
  return {
    root: element('div', { class: 'slider' }, element('label', { for: id }, title), output, input),
    position: () => Number(input.value),
    isTouched: () => Number(input.value) !== at,
    reset() {
      input.value = String(at);
      tell();
    },
  };
}
