/** Replica-hours over lateness, as an SVG: who is lower and further left is better. */
import { significant } from '../../../domain/figures.ts';
import type { FrontierPoint } from '../../../replay/frontier.ts';
import { escapeHtml } from './escape-html.ts';

export interface PlottedFamily {
  readonly name: string;
  readonly points: readonly FrontierPoint[];
}

const [WIDTH, HEIGHT, MARGIN] = [760, 320, 48];
const COLOURS = ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#a463f2', '#97bbf5', '#9c6b4e'];
/** Costs beyond so many times the own one say nothing that fits on the page. */
const MOST_SHOWN_RATIO = 3;

export function frontierPlot(own: FrontierPoint, families: readonly PlottedFamily[]): string {
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
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="replica-hours over lateness">`,
    `<text x="${MARGIN}" y="16">replica-hours</text>`,
    `<text x="${WIDTH / 2 - 120}" y="${HEIGHT - 8}">avoidable late share (logarithmic), lower is better</text>`,
    ...lines,
    ...legend,
    `<circle class="own" cx="${at.x(own)}" cy="${at.y(own)}" r="6"><title>prescale: ${pointText(own)}</title></circle>`,
    `<text x="${at.x(own) + 9}" y="${at.y(own) + 4}">prescale</text>`,
    '</svg>',
  ].join('');
}

interface Scales {
  readonly x: (point: FrontierPoint) => number;
  readonly y: (point: FrontierPoint) => number;
}

function scales(points: readonly FrontierPoint[]): Scales {
  const excess = points.map(({ excessRatio }) => Math.log(Math.max(1e-5, excessRatio)));
  const hours = points.map(({ replicaHours }) => replicaHours);
  const within = (value: number, all: readonly number[]): number => {
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return high > low ? (value - low) / (high - low) : 0.5;
  };
  const place = (value: number): number => Number(value.toFixed(1));
  return {
    x: ({ excessRatio }) =>
      place(MARGIN + within(Math.log(Math.max(1e-5, excessRatio)), excess) * (WIDTH - 4 * MARGIN)),
    y: ({ replicaHours }) => place(HEIGHT - MARGIN - within(replicaHours, hours) * (HEIGHT - 2 * MARGIN)),
  };
}

function familyLine({ name, points }: PlottedFamily, colour: string, at: Scales): string {
  const path = points.map((point) => `${at.x(point)},${at.y(point)}`).join(' ');
  const dots = points.map(
    (point) =>
      `<circle cx="${at.x(point)}" cy="${at.y(point)}" r="3" fill="${colour}"><title>${escapeHtml(name)}: ${pointText(point)}</title></circle>`,
  );
  return `<polyline points="${path}" fill="none" stroke="${colour}"/>${dots.join('')}`;
}

function pointText({ excessRatio, replicaHours }: FrontierPoint): string {
  return `${significant(100 * excessRatio)} % late, ${significant(replicaHours)} replica-hours`;
}
