import { createChart, stepped, themeColours, utc, valueAxis } from './chart.js';
import { countText, figureText, rateText } from './format.js';
import { xAxis } from './time-chart.js';

/**
 * Weeks of a workload: of each stretch the least and the most, so that no peak is lost in them.
 * @param {HTMLElement} frame
 * @param {{ stepSeconds: number, items: readonly any[] }} trend as the API answers it, newest first
 */
export function createTrendChart(frame, { stepSeconds, items }) {
  frame.replaceChildren();
  if (items.length === 0) {
    frame.append('Nothing of that time is kept.');
    return { destroy: () => undefined };
  }
  const colours = themeColours();
  const rows = rowsOf(items, stepSeconds);
  const x = timeScale(rows, stepSeconds);
  const charts = [
    createChart(
      part(frame, 'Arrival rate, requests per second'),
      rateOptions(colours, x),
      rateData(rows),
      rateLabel(items),
    ),
    createChart(part(frame, 'Replicas'), replicaOptions(colours, x), replicaData(rows), replicaLabel(items)),
  ];
  return { destroy: () => charts.forEach((chart) => chart.destroy()) };
}

/** Oldest first, a stretch in which nothing was decided among them: a hole in time is a hole in the line. */
function rowsOf(items, stepSeconds) {
  const byStart = new Map(items.map((item) => [Date.parse(item.at) / 1000, item]));
  const first = Math.min(...byStart.keys());
  const count = Math.round((Math.max(...byStart.keys()) - first) / stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => {
    const seconds = first + index * stepSeconds;
    return { seconds, item: byStart.get(seconds) };
  });
}

function part(frame, title) {
  const heading = document.createElement('h3');
  heading.textContent = title;
  const chart = document.createElement('div');
  chart.className = 'chart';
  frame.append(heading, chart);
  return chart;
}

/** One stretch alone stands at the right of a dozen: uPlot would give it years. */
function timeScale(rows, stepSeconds) {
  const last = rows.at(-1).seconds + stepSeconds;
  const first = Math.min(rows[0].seconds, last - 12 * stepSeconds);
  return { range: (_, min, max) => (rows.length === 1 || min === null ? [first, last] : [min, max]) };
}

const column = (rows, of) => rows.map(({ item }) => (item ? (of(item) ?? null) : null));

function rateData(rows) {
  return [
    rows.map(({ seconds }) => seconds),
    column(rows, ({ arrivalRate }) => arrivalRate?.maxRps),
    column(rows, ({ arrivalRate }) => arrivalRate?.meanRps),
    column(rows, ({ arrivalRate }) => arrivalRate?.minRps),
  ];
}

function replicaData(rows) {
  return [
    rows.map(({ seconds }) => seconds),
    column(rows, ({ recommendedReplicas }) => recommendedReplicas?.max),
    column(rows, ({ currentReplicas }) => currentReplicas.max),
    column(rows, ({ currentReplicas }) => currentReplicas.min),
  ];
}

const time = {
  label: 'time, UTC',
  value: (_, seconds) =>
    seconds === null ? '–' : new Date(seconds * 1000).toISOString().slice(5, 16).replace('T', ' '),
};

function rateOptions(colours, x) {
  const value = (_, rps) => rateText(rps);
  return {
    tzDate: utc,
    height: 260,
    scales: { x, y: { range: (_, min, max) => [0, (max ?? 1) * 1.06 || 1] } },
    axes: [xAxis(colours), valueAxis(colours, figureText)],
    bands: [{ series: [1, 3], fill: colours.past }],
    series: [
      time,
      { label: 'most', stroke: colours.rate, width: 1, value },
      { label: 'mean', stroke: colours.rate, width: 2, value },
      { label: 'least', stroke: colours.rate, width: 1, value },
    ],
  };
}

function replicaOptions(colours, x) {
  const step = (label, stroke, more) => ({
    label,
    stroke,
    paths: stepped,
    value: (_, count) => countText(count),
    ...more,
  });
  return {
    tzDate: utc,
    height: 190,
    scales: { x, y: { range: (_, min, max) => [0, Math.max(2, Math.ceil((max ?? 1) * 1.12))] } },
    axes: [xAxis(colours), valueAxis(colours, (value) => (Number.isInteger(value) ? countText(value) : ''))],
    series: [
      time,
      step('recommended, most', colours.recommended, { width: 2 }),
      step('current, most', colours.current, { width: 2 }),
      step('current, least', colours.current, { width: 1, dash: [3, 3] }),
    ],
  };
}

function rateLabel(items) {
  const rates = items.flatMap(({ arrivalRate }) => (arrivalRate ? [arrivalRate] : []));
  const least = Math.min(...rates.map(({ minRps }) => minRps));
  const most = Math.max(...rates.map(({ maxRps }) => maxRps));
  return `Arrival rate since ${items.at(-1).at}: ${rateText(least)} to ${rateText(most)}.`;
}

function replicaLabel(items) {
  const counts = items.flatMap(({ currentReplicas: { min, max } }) => [min, max]);
  return `Replicas since ${items.at(-1).at}: ${countText(Math.min(...counts))} to ${countText(Math.max(...counts))}.`;
}
