import { axisOf, createChart, themeColours, valueAxis } from './chart.js';
import { countText, moneyText, percentText } from './format.js';

const HEIGHT = 320;
/** Far from the optimum the price of lateness grows past all bounds: the curve is cut off there. */
const MOST_TIMES_THE_LEAST = 2;

/**
 * What each count would cost, or, without prices, how many requests would be late; the chosen count is marked.
 * @param {HTMLElement} frame
 * @param {any} sizing of a decision
 * @param {{ currency: string, objectiveRatio: number }} policy
 */
export function createCostChart(frame, sizing, policy) {
  const colours = themeColours();
  const { replicas, neededReplicas } = sizing;
  const candidates = withChosen(sizing);
  const counts = candidates.map((candidate) => candidate.replicas);
  const hasPrices = candidates.some(({ costPerHour }) => costPerHour.total > 0);
  const marks = [
    { at: neededReplicas, text: `needed ${neededReplicas}`, colour: colours.soft },
    { at: replicas, text: `recommended ${replicas}`, colour: colours.recommended },
  ].slice(neededReplicas === replicas ? 1 : 0);
  const part = hasPrices
    ? costPart(candidates, policy.currency, colours)
    : riskPart(candidates, policy, colours);
  const options = {
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: {
        time: false,
        range: [Math.min(...counts, neededReplicas) - 0.5, Math.max(...counts, replicas) + 0.5],
      },
      y: { range: [0, part.most] },
    },
    axes: [
      axisOf(colours, {
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? countText(tick) : '')),
      }),
      valueAxis(colours, part.text),
    ],
    series: [{ label: 'replicas', value: (_, count) => countText(count) }, ...part.series],
    plugins: [{ hooks: { draw: (chart) => drawMarks(chart, marks) } }],
  };
  const label = `${hasPrices ? 'Cost per hour' : 'Share of late requests'} by replicas; ${neededReplicas} needed, ${replicas} recommended.`;
  return createChart(frame, options, [counts, ...part.columns], label);
}

/** The curve as it was searched, and the count that was chosen where a buffer lies beyond its end. */
function withChosen({ candidates, replicas, costPerHour, sloViolationProbability }) {
  if (candidates.some((candidate) => candidate.replicas === replicas)) return candidates;
  return [...candidates, { replicas, costPerHour, sloViolationProbability }].sort(
    (a, b) => a.replicas - b.replicas,
  );
}

function costPart(candidates, currency, colours) {
  const of = (kind) => candidates.map(({ costPerHour }) => costPerHour[kind]);
  const text = (amount) => moneyText(amount, currency);
  const value = (_, amount) => text(amount);
  const total = of('total');
  return {
    columns: [total, of('replicas'), of('violations')],
    most: Math.min(Math.max(...total), MOST_TIMES_THE_LEAST * Math.min(...total)) * 1.1,
    text,
    series: [
      { label: 'total', stroke: colours.rate, width: 2.5, value, points: { show: true, size: 5 } },
      { label: 'replicas', stroke: colours.ready, width: 1.5, value, points: { show: false } },
      {
        label: 'late requests',
        stroke: colours.bad,
        width: 1.5,
        dash: [4, 3],
        value,
        points: { show: false },
      },
    ],
  };
}

function riskPart(candidates, { objectiveRatio }, colours) {
  const late = candidates.map(({ sloViolationProbability }) => sloViolationProbability);
  const allowed = 1 - objectiveRatio;
  const value = (_, ratio) => percentText(ratio);
  return {
    columns: [late, late.map(() => allowed)],
    most: Math.min(Math.max(...late), 10 * allowed) * 1.1,
    text: percentText,
    series: [
      { label: 'late requests', stroke: colours.rate, width: 2.5, value, points: { show: true, size: 5 } },
      { label: 'allowed', stroke: colours.bad, width: 1.5, dash: [4, 3], value, points: { show: false } },
    ],
  };
}

function drawMarks(chart, marks) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = `600 ${11 * devicePixelRatio}px system-ui, "DejaVu Sans", sans-serif`;
  marks.forEach(({ at, text, colour }, index) => {
    const x = chart.valToPos(at, 'x', true);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const isRight = x + ctx.measureText(text).width + 8 < bbox.left + bbox.width;
    ctx.textAlign = isRight ? 'left' : 'right';
    ctx.fillText(
      text,
      x + (isRight ? 5 : -5) * devicePixelRatio,
      bbox.top + (14 + 15 * index) * devicePixelRatio,
    );
  });
  ctx.restore();
}
