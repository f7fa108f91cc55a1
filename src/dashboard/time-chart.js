import { accuracyByModel } from './accuracy.js';
import { axisOf, createChart, stepped, themeColours, utc, valueAxis } from './chart.js';
import { countText, figureText, percentText, rateText } from './format.js';

const SYNC = 'time';
/** Levels of the fan's edges, by their place among a decision's quantiles. */
const FAN_LEVELS = [0.05, 0.2, 0.5, 0.8, 0.95];
const MODEL_COLOURS = ['rate', 'recommended', 'ready', 'warn', 'soft'];

/**
 * Three charts on one time axis: rates with the forecast as it was made, replicas, and how far the forecasts were off.
 * The window follows the newest decision, until somebody zooms or looks at another decision (`isStill`).
 * @param {HTMLElement} frame
 * @param {{ grid: any, decision: any, events: readonly any[], windowSeconds: number, isStill: boolean }} first
 * @param {(atMs: number) => void} onPick told the instant that was clicked at
 */
export function createTimeChart(frame, first, onPick) {
  let shown = first;
  let charts = [];
  let models = '';
  let set = windowOf(first);
  const setWindow = (range) => {
    set = range;
    charts.forEach(({ chart }) => chart.setScale('x', range));
  };
  const isZoomed = () => {
    const { min, max } = charts[0].chart.scales.x;
    return Math.abs(min - set.min) > 1 || Math.abs(max - set.max) > 1;
  };
  const draw = () => {
    const range = charts.length > 0 ? { ...pick(charts[0].chart.scales.x) } : set;
    charts.forEach((chart) => chart.destroy());
    frame.replaceChildren();
    models = modelsOf(shown.grid);
    charts = createAll(frame, () => shown, { onPick, onUnzoom: () => setWindow(windowOf(shown)) });
    charts.forEach(({ chart }) => chart.setScale('x', range));
  };
  draw();
  return {
    update(next) {
      const stays = isZoomed() || next.isStill;
      const range = stays ? pick(charts[0].chart.scales.x) : windowOf(next);
      shown = next;
      if (modelsOf(next.grid) !== models) draw();
      else fill(charts, next);
      if (!stays) set = range;
      charts.forEach(({ chart }) => chart.setScale('x', range));
    },
    showWindow: () => setWindow(windowOf(shown)),
    redraw: draw,
    destroy: () => charts.forEach((chart) => chart.destroy()),
  };
}

const pick = ({ min, max }) => ({ min, max });

function modelsOf(grid) {
  return accuracyByModel(grid)
    .map(({ model }) => model)
    .join();
}

function fill(charts, shown) {
  const data = [rateData(shown), replicaData(shown), accuracyData(shown.grid, accuracyByModel(shown.grid))];
  charts.forEach(({ chart, label }, index) => {
    chart.setData(data[index], false);
    label(labelOf(index, shown));
  });
}

/** The newest part of what there is, the forecast within it. In seconds, as the axis has them. */
function windowOf({ grid, windowSeconds }) {
  const min = grid.seconds[0];
  const max = Math.max(grid.seconds.at(-1), min + 60);
  return { min: Math.max(min, max - windowSeconds), max };
}

function createAll(frame, shown, listeners) {
  const colours = themeColours();
  const add = (title, index, options, data) => {
    const part = document.createElement('div');
    const heading = document.createElement('h3');
    heading.textContent = title;
    frame.append(heading, part);
    part.className = 'chart';
    return createChart(
      part,
      { ...sharedOptions(colours, shown, listeners), ...options },
      data,
      labelOf(index, shown()),
    );
  };
  const accuracy = accuracyByModel(shown().grid);
  return [
    add('Arrival rate and forecast, requests per second', 0, rateOptions(colours), rateData(shown())),
    add('Replicas', 1, replicaOptions(colours), replicaData(shown())),
    add(
      'Forecast error by model, one lead time ahead',
      2,
      accuracyOptions(
        colours,
        accuracy.map(({ model }) => model),
      ),
      accuracyData(shown().grid, accuracy),
    ),
  ];
}

function sharedOptions(colours, shown, { onPick, onUnzoom }) {
  return {
    tzDate: utc,
    cursor: {
      sync: { key: SYNC },
      drag: { x: true, y: false, dist: 8 },
      points: { size: 6 },
      bind: { dblclick: () => onUnzoom },
    },
    legend: { live: true },
    plugins: [
      { hooks: { drawClear: (chart) => shadeEvents(chart, shown().events, colours) } },
      { hooks: { draw: (chart) => markDecision(chart, shown().decision, colours) } },
      { hooks: { ready: (chart) => listenForPick(chart, onPick) } },
    ],
  };
}

export const xAxis = (colours) => axisOf(colours, { space: 64, values: TIMES });

/** [least seconds between ticks, text, text where the year, the day changes], as uPlot wants them. */
const TIMES = [
  [86_400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
];

function rateOptions(colours) {
  const edge = (label) => ({
    label,
    class: 'edge',
    stroke: 'transparent',
    width: 0,
    points: { show: false },
    value: rateValue,
  });
  return {
    height: 300,
    scales: { y: { range: (_, min, max) => [0, (max ?? 1) * 1.06 || 1] } },
    axes: [xAxis(colours), valueAxis(colours, figureText)],
    bands: [
      { series: [4, 2], fill: colours.past },
      { series: [9, 5], fill: colours.fan },
      { series: [8, 6], fill: colours['fan-core'] },
    ],
    series: [
      timeSeries,
      line('arrival rate', colours.rate, { width: 2, value: rateValue }),
      edge('as forecast, 5 %'),
      line('as forecast, median', colours.median, { width: 1, dash: [4, 3], value: rateValue }),
      edge('as forecast, 95 %'),
      edge('fan, 5 %'),
      edge('fan, 20 %'),
      line('fan, median', colours.recommended, { width: 1.5, value: rateValue }),
      edge('fan, 80 %'),
      edge('fan, 95 %'),
    ],
  };
}

function replicaOptions(colours) {
  const step = (label, stroke, more) =>
    line(label, stroke, { paths: stepped, value: (_, count) => countText(count), ...more });
  return {
    height: 190,
    scales: { y: { range: (_, min, max) => [0, Math.max(2, Math.ceil((max ?? 1) * 1.12))] } },
    axes: [
      xAxis(colours),
      { ...valueAxis(colours, (value) => (Number.isInteger(value) ? countText(value) : '')) },
    ],
    series: [
      timeSeries,
      step('recommended', colours.recommended, { width: 2 }),
      step('current', colours.current, { width: 2 }),
      step('ready', colours.ready, { width: 1.5, dash: [3, 3] }),
    ],
  };
}

function accuracyOptions(colours, models) {
  return {
    height: 150,
    scales: { y: { range: (_, min, max) => [0, Math.max(0.05, (max ?? 0) * 1.1)] } },
    axes: [xAxis(colours), valueAxis(colours, percentText)],
    series: [
      timeSeries,
      ...models.map((model, index) =>
        line(model, colours[MODEL_COLOURS[index % MODEL_COLOURS.length]], {
          width: 1.5,
          dash: index === 0 ? undefined : [index * 3, 3],
          value: (_, ratio) => percentText(ratio),
        }),
      ),
    ],
  };
}

const timeSeries = {
  label: 'time, UTC',
  value: (_, seconds) =>
    seconds === null ? '–' : new Date(seconds * 1000).toISOString().slice(5, 16).replace('T', ' '),
};
const rateValue = (_, rps) => rateText(rps);

/** One value alone makes no line: where there are few, each is a dot. */
const DOTS = { size: 4, show: (_chart, _series, from, to) => to - from < 20 };

function line(label, stroke, more) {
  return { label, stroke, points: DOTS, ...more };
}

function rateData({ grid, decision }) {
  const of = (name) => grid.ahead.map((ahead) => ahead?.[name] ?? null);
  return [
    grid.seconds,
    grid.rate,
    of('lowerRps'),
    of('medianRps'),
    of('upperRps'),
    ...fanColumns(grid, decision),
  ];
}

function fanColumns(grid, decision) {
  const columns = FAN_LEVELS.map(() => new Array(grid.length).fill(null));
  if (decision?.forecast.kind !== 'forecast') return columns;
  const { originAt, stepSeconds, quantilesRps } = decision.forecast;
  const places = FAN_LEVELS.map((level) => decision.quantileLevels.indexOf(level));
  quantilesRps.forEach((quantiles, step) => {
    const slot = grid.slotOf(Date.parse(originAt) + step * stepSeconds * 1000) - grid.first;
    if (slot >= 0 && slot < grid.length)
      places.forEach((place, index) => (columns[index][slot] = quantiles[place]));
  });
  return columns;
}

function replicaData({ grid }) {
  return [grid.seconds, grid.recommended, grid.current, grid.ready];
}

function accuracyData(grid, accuracy) {
  return [grid.seconds, ...accuracy.map(({ rolling }) => rolling)];
}

function labelOf(index, { grid, decision }) {
  const of = (column) => column.filter((value) => value !== null);
  const rates = of(grid.rate);
  if (index === 0)
    return `Arrival rate: ${rateText(Math.min(...rates))} to ${rateText(Math.max(...rates))}, newest ${rateText(rates.at(-1))}; forecast ${decision?.forecast.kind === 'forecast' ? `by ${decision.forecast.model}` : 'not available'}.`;
  if (index === 1) {
    const counts = of(grid.current);
    return `Replicas: ${countText(Math.min(...counts))} to ${countText(Math.max(...counts))}, newest ${countText(counts.at(-1))}.`;
  }
  return accuracyByModel(grid)
    .map(({ model, medianError }) => `${model}: median error ${percentText(medianError)}.`)
    .join(' ');
}

function shadeEvents(chart, events, colours) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px system-ui, "DejaVu Sans", sans-serif`;
  for (const { name, startAt, endAt } of events) {
    const from = Math.max(bbox.left, chart.valToPos(Date.parse(startAt) / 1000, 'x', true));
    const to = Math.min(bbox.left + bbox.width, chart.valToPos(Date.parse(endAt) / 1000, 'x', true));
    if (to <= from) continue;
    ctx.fillStyle = colours.event;
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.fillStyle = colours.warn;
    if (to - from > 30 * devicePixelRatio)
      ctx.fillText(name, from + 4 * devicePixelRatio, bbox.top + 13 * devicePixelRatio, to - from);
  }
  ctx.restore();
}

/** Where the decision stands whose fan and reasoning are shown. */
function markDecision(chart, decision, colours) {
  if (!decision) return;
  const { ctx, bbox } = chart;
  const at = chart.valToPos(Date.parse(decision.decidedAt) / 1000, 'x', true);
  if (at < bbox.left || at > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colours.soft;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** A click picks a decision; a drag zooms. */
function listenForPick(chart, onPick) {
  let downX = 0;
  chart.over.addEventListener('mousedown', ({ clientX }) => (downX = clientX));
  chart.over.addEventListener('click', ({ clientX }) => {
    if (Math.abs(clientX - downX) < 4) onPick(chart.posToVal(chart.cursor.left, 'x') * 1000);
  });
}
