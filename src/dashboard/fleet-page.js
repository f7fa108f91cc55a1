import { element, setText } from './elements.js';
import { autoscalerPath, getJson } from './fetch-json.js';
import { COLUMNS, createRow, isAtRisk } from './fleet-rows.js';
import { countText, moneyText } from './format.js';

const RESORT_MS = 1000;
const MODES = ['Recommend', 'Scale', 'Floor'];

/** Everything that is looked after, one line each, kept up to date by the stream. */
export async function openFleetPage(main, live) {
  document.title = 'Fleet · Prescale';
  const fleet = new Map();
  const view = createView(() => arrange());
  main.replaceChildren(view.root);

  const put = (one) => {
    const key = autoscalerPath(one);
    const known = fleet.get(key);
    if (known) Object.assign(known, { one }).line.update(one);
    else fleet.set(key, { one, line: createRow(one) });
    return known === undefined;
  };
  const arrange = () => {
    const shown = [...fleet.values()].filter(({ one }) => view.wants(one)).sort(view.order);
    placeRows(
      view.body,
      shown.map(({ line }) => line.row),
    );
    view.tell(
      [...fleet.values()].map(({ one }) => one),
      shown.length,
    );
  };
  const load = async () => {
    const { items } = await getJson('api/v1/autoscalers');
    fleet.clear();
    items.forEach(put);
    arrange();
  };
  const changed = new Map();
  let frame = 0;
  const flush = () => {
    frame = 0;
    const isNew = [...changed.values()].map(put).some(Boolean);
    changed.clear();
    if (isNew) arrange();
  };
  const stop = live.subscribe({
    onDecision({ autoscaler }) {
      changed.set(autoscalerPath(autoscaler), autoscaler);
      frame ||= requestAnimationFrame(flush);
    },
    onReset: () => void load().catch(view.fail),
  });
  const resort = setInterval(arrange, RESORT_MS);
  const close = () => {
    stop();
    clearInterval(resort);
    cancelAnimationFrame(frame);
  };
  await load().catch(view.fail);
  return { close };
}

/** Moves only the rows that stand elsewhere: the one with the focus keeps it. */
function placeRows(body, rows) {
  const wanted = new Set(rows);
  for (const row of [...body.children]) if (!wanted.has(row)) row.remove();
  rows.forEach((row, index) => {
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
}

function createView(onChange) {
  const sort = { column: COLUMNS[0], direction: 1 };
  const filter = element('input', {
    type: 'search',
    id: 'filter',
    placeholder: 'Name, namespace, reason, model',
    autocomplete: 'off',
    oninput: onChange,
  });
  const mode = element(
    'select',
    { id: 'mode', onchange: onChange },
    element('option', { value: '' }, 'All modes'),
    ...MODES.map((name) => element('option', { value: name }, name)),
  );
  const risky = element('input', { type: 'checkbox', id: 'risky', onchange: onChange });
  const headers = COLUMNS.map((column) => headerOf(column, sort, () => (markHeaders(), onChange())));
  const markHeaders = () =>
    headers.forEach((header, index) => header.setAttribute('aria-sort', ariaSort(sort, COLUMNS[index])));
  markHeaders();
  const body = element('tbody');
  const summary = element('dl', { class: 'figures' });
  const message = element('p', { class: 'message', role: 'status' });
  const root = element(
    'section',
    { class: 'fleet' },
    element('h1', {}, 'Fleet'),
    summary,
    element(
      'div',
      { class: 'filters', role: 'search' },
      element('label', { for: 'filter' }, 'Filter', filter),
      element('label', { for: 'mode' }, 'Mode', mode),
      element('label', { for: 'risky', class: 'check' }, risky, 'Only at risk or undecided'),
    ),
    message,
    element(
      'div',
      { class: 'table-frame' },
      element(
        'table',
        { class: 'fleet-table' },
        element('caption', { class: 'unseen' }, 'Workloads and their newest decision'),
        element('thead', {}, element('tr', {}, ...headers)),
        body,
      ),
    ),
  );
  return {
    root,
    body,
    wants: (one) => wants(one, { words: filter.value, mode: mode.value, onlyRisky: risky.checked }),
    order: (a, b) => compare(sort.column.value(a.one), sort.column.value(b.one), sort.direction),
    tell(all, shown) {
      fillSummary(summary, all);
      setText(message, shown === all.length ? '' : `${shown} of ${all.length} workloads`);
      if (all.length === 0) setText(message, 'No workload is looked after yet.');
    },
    fail: (error) => setText(message, error.message),
  };
}

function headerOf(column, sort, onSorted) {
  const sorted = () => {
    if (sort.column === column) sort.direction = -sort.direction;
    else Object.assign(sort, { column, direction: column.numeric ? -1 : 1 });
    onSorted();
  };
  const button = element('button', { type: 'button', onclick: sorted }, column.title);
  return element('th', { scope: 'col', class: column.numeric ? 'number' : null }, button);
}

function ariaSort(sort, column) {
  if (sort.column !== column) return 'none';
  return sort.direction === 1 ? 'ascending' : 'descending';
}

/** What is not known is last, whichever way. */
function compare(a, b, direction) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b;
  return order * direction;
}

function wants(one, { words, mode, onlyRisky }) {
  if (mode !== '' && one.mode !== mode) return false;
  if (onlyRisky && !isAtRisk(one) && one.lastDecision?.outcome !== 'abstain') return false;
  const text = [one.namespace, one.name, one.mode, one.lastDecision?.reason, one.forecast?.model]
    .join(' ')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function fillSummary(list, all) {
  const sum = (value) => all.reduce((total, one) => total + (value(one) ?? 0), 0);
  const figures = [
    ['Workloads', countText(all.length)],
    ['Replicas now', countText(sum((one) => one.currentReplicas))],
    ['Recommended', countText(sum((one) => one.recommendedReplicas))],
    ['Cost per hour', costText(all)],
    ['At risk', countText(all.filter(isAtRisk).length)],
    ['Undecided', countText(all.filter((one) => one.lastDecision?.outcome === 'abstain').length)],
  ];
  figures.forEach(([name, value], index) => {
    const slot =
      list.children[index] ?? list.appendChild(element('div', {}, element('dt', {}, name), element('dd')));
    setText(slot.lastChild, value);
  });
}

/** Currencies are labels: they are added up each by itself. */
function costText(all) {
  const totals = new Map();
  for (const { costPerHour } of all)
    if (costPerHour)
      totals.set(costPerHour.currency, (totals.get(costPerHour.currency) ?? 0) + costPerHour.total);
  return [...totals].map(([currency, total]) => moneyText(total, currency)).join(' + ') || '–';
}
