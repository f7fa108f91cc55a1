/** Replica-hours over lateness, as an SVG: who is lower and further left is better. */
import { significant } from '../../../domain/figures.ts';
import type { FrontierPoint } from '../../../replay/frontier.ts';
import { escapeHtml } from './escape-html.ts';

export interface PlottedFamily {
  readonly name: string;
  readonly points: readonly FrontierPoint[];
}

export interface FrontierInput {
  readonly own: FrontierPoint;
  /** What the objective allows of what replicas can save. */
  readonly allowedExcessRatio: number;
  readonly families: readonly PlottedFamily[];
}

const [WIDTH, HEIGHT, MARGIN] = [760, 340, 56];
const COLOURS = ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#a463f2', '#97bbf5', '#9c6b4e'];
/** Costs beyond so many times the own one say nothing that fits on the page. */
const MOST_SHOWN_RATIO = 3;
/** Lower than that no lateness is told apart. */
const LEAST_EXCESS_RATIO = 1e-5;
const LATE_TICKS = [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1] as const;
const HOUR_TICKS = 4;

export function frontierPlot({ own, allowedExcessRatio, families }: FrontierInput): string {
  const shown = families
    .map(({ name, points }) => ({
      name,
      points: points.filter(({ replicaHours }) => replicaHours <= MOST_SHOWN_RATIO * own.replicaHours),
    }))
    .filter(({ points }) => points.length > 0);
  const at = scales([own, ...shown.flatMap(({ points }) => points)]);
  const lines = shown.map((family, i) => familyLine(family, COLOURS[i % COLOURS.length], at));
  const legend = shown.map(({ name }, i) => {
    const y = MARGIN / 2 + 16 * i;
    return `<text x="${WIDTH - 120}" y="${y}" fill="${COLOURS[i % COLOURS.length]}">${escapeHtml(name)}</text>`;
  });
  const [x, y] = [at.x(own.excessRatio), at.y(own.replicaHours)];
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="replica-hours over lateness">`,
    `<text x="4" y="16">replica-hours</text>`,
    `<text x="${MARGIN}" y="${HEIGHT - 6}">share of the requests that is late and that replicas could have saved (logarithmic)</text>`,
    ...ticks(at, allowedExcessRatio),
    ...lines,
    ...legend,
    `<circle class="own" cx="${x}" cy="${y}" r="6"><title>prescale: ${pointText(own)}</title></circle>`,
    `<text x="${x + 9}" y="${y + 4}" font-weight="600">prescale</text>`,
    '</svg>',
  ].join('');
}

interface Scales {
  readonly x: (excessRatio: number) => number;
  readonly y: (replicaHours: number) => number;
  readonly excess: Span;
  readonly hours: Span;
}

interface Span {
  readonly low: number;
  readonly high: number;
}

function scales(points: readonly FrontierPoint[]): Scales {
  const excess = spanOf(points.map(({ excessRatio }) => Math.max(LEAST_EXCESS_RATIO, excessRatio)));
  const hours = spanOf(points.map(({ replicaHours }) => replicaHours));
  const within = (value: number, { low, high }: Span): number =>
    high > low ? (value - low) / (high - low) : 0.5;
  const place = (value: number): number => Number(value.toFixed(1));
  const logs = { low: Math.log(excess.low), high: Math.log(excess.high) };
  return {
    excess,
    hours,
    x: (ratio) =>
      place(MARGIN + within(Math.log(Math.max(LEAST_EXCESS_RATIO, ratio)), logs) * (WIDTH - 4 * MARGIN)),
    y: (value) => place(HEIGHT - MARGIN - within(value, hours) * (HEIGHT - 2 * MARGIN)),
  };
}

function spanOf(values: readonly number[]): Span {
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** What can be read off: powers of ten of lateness, some costs, and where the objective is. */
function ticks({ x, y, excess, hours }: Scales, allowedExcessRatio: number): string[] {
  const isShown = (ratio: number): boolean => ratio >= excess.low && ratio <= excess.high;
  const upright = (ratio: number, stroke: string): string =>
    `<line x1="${x(ratio)}" x2="${x(ratio)}" y1="${MARGIN / 2}" y2="${HEIGHT - MARGIN}" stroke="${stroke}"/>`;
  const late = LATE_TICKS.filter(isShown).map(
    (ratio) =>
      `${upright(ratio, '#eee')}<text x="${x(ratio)}" y="${HEIGHT - MARGIN + 16}" text-anchor="middle">${significant(100 * ratio)} %</text>`,
  );
  const costs = Array.from({ length: HOUR_TICKS }, (_, i) => {
    const value = hours.low + ((hours.high - hours.low) * i) / (HOUR_TICKS - 1);
    return `<text x="${MARGIN - 8}" y="${y(value) + 4}" text-anchor="end">${significant(value)}</text>`;
  });
  if (!isShown(allowedExcessRatio)) return [...late, ...costs];
  const objective = `${upright(allowedExcessRatio, '#888')}<text x="${x(allowedExcessRatio) + 4}" y="${MARGIN / 2 + 10}">objective</text>`;
  return [...late, ...costs, objective];
}

function familyLine({ name, points }: PlottedFamily, colour: string, { x, y }: Scales): string {
  const places = points.map((point) => [x(point.excessRatio), y(point.replicaHours)] as const);
  const dots = points.map(
    (point, i) =>
      `<circle cx="${places[i][0]}" cy="${places[i][1]}" r="3" fill="${colour}"><title>${escapeHtml(name)}: ${pointText(point)}</title></circle>`,
  );
  return `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}"/>${dots.join('')}`;
}

function pointText({ excessRatio, replicaHours }: FrontierPoint): string {
  return `${significant(100 * excessRatio)} % late, ${significant(replicaHours)} replica-hours`;
}
