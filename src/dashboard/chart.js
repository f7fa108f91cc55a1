import uPlot from './vendor/uplot/dist/uPlot.esm.js';

const COLOURS = [
  'text',
  'soft',
  'grid',
  'rate',
  'past',
  'fan',
  'fan-core',
  'median',
  'current',
  'recommended',
  'ready',
  'event',
  'warn',
  'bad',
];

/** What a canvas cannot take from the style sheet by itself. */
export function themeColours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

const FONT = '12px system-ui, "DejaVu Sans", sans-serif';
/** The same on the left of every chart, so that times stand below each other. */
const AXIS_WIDTH = 58;

export function axisOf(colours, options = {}) {
  return {
    stroke: colours.soft,
    font: FONT,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1, size: 5 },
    ...options,
  };
}

export function valueAxis(colours, values) {
  return axisOf(colours, { size: AXIS_WIDTH, values: (_, ticks) => ticks.map(values) });
}

/**
 * A chart that is as wide as its frame, for as long as it is there.
 * @param {HTMLElement} frame
 * @param {any} options of uPlot, without its width
 * @param {any} data
 * @param {string} label what a reader of the page is told instead of the picture
 */
export function createChart(frame, options, data, label) {
  const width = () => Math.max(240, Math.floor(frame.clientWidth));
  const chart = new uPlot({ ...options, width: width() }, data, frame);
  const canvas = frame.querySelector('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', label);
  const observer = new ResizeObserver(() => {
    if (width() !== chart.width) chart.setSize({ width: width(), height: options.height });
  });
  observer.observe(frame);
  return {
    chart,
    label: (text) => canvas.setAttribute('aria-label', text),
    destroy() {
      observer.disconnect();
      chart.destroy();
    },
  };
}

export const utc = (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC');
export const stepped = uPlot.paths.stepped({ align: 1 });
