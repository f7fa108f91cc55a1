/** Small plots for terminals, as text: no colours, no cursor control, the same output for the same input. */

export interface BarRow {
  readonly label: string;
  /** At least 0; NaN draws no bar ("no value"). */
  readonly value: number;
  /** Printed behind the bar; the value itself where absent. */
  readonly note?: string;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One horizontal bar a row, all to the same scale, the largest value `widthCells` wide. Labels are right-aligned. */
export function barPlot(rows: readonly BarRow[], widthCells = 40): string {
  const largest = rows.reduce((most, { value }) => (value > most ? value : most), 0);
  const labelCells = Math.max(0, ...rows.map(({ label }) => label.length));
  return rows
    .map(({ label, value, note }) => {
      const bar = largest > 0 && value > 0 ? barOf((value / largest) * widthCells) : '';
      return `${label.padStart(labelCells)} │${bar} ${note ?? numberText(value)}`.trimEnd();
    })
    .join('\n');
}

function barOf(cells: number): string {
  const eighths = Math.max(1, Math.round(cells * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

export interface LineOptions {
  readonly widthCells?: number;
  readonly heightCells?: number;
  /** Bottom of the vertical axis; the smallest value where absent. */
  readonly fromValue?: number;
  /** Text under the left and the right end of the horizontal axis. */
  readonly axisEnds?: readonly [string, string];
}

export interface Line {
  /** One printable character: what the line is drawn with. Later lines are drawn over earlier ones. */
  readonly mark: string;
  /** Equally spaced from left to right; NaN leaves a gap. */
  readonly values: readonly number[];
}

/**
 * One or more series over a common horizontal axis. Where there are more values than columns, a column shows the
 * largest of its values, so that a short peak is never lost. No values at all gives an empty string.
 */
export function linePlot(lines: readonly Line[], options: LineOptions = {}): string {
  const { widthCells = 60, heightCells = 10 } = options;
  const columns = lines.map(({ values }) => columnPeaks(values, widthCells));
  const drawn = columns.flat().filter((value) => Number.isFinite(value));
  if (drawn.length === 0) return '';
  const top = Math.max(...drawn);
  const bottom = Math.min(options.fromValue ?? Infinity, ...drawn);
  const grid = Array.from({ length: heightCells }, () => new Array<string>(widthCells).fill(' '));
  columns.forEach((column, index) => drawLine(grid, column, { mark: lines[index].mark, bottom, top }));
  return withAxes(grid, { bottom, top, ...(options.axisEnds ? { ends: options.axisEnds } : {}) });
}

function columnPeaks(values: readonly number[], widthCells: number): number[] {
  if (values.length <= widthCells)
    return Array.from({ length: widthCells }, (_, i) => values[Math.floor((i * values.length) / widthCells)]);
  return Array.from({ length: widthCells }, (_, i) => {
    const from = Math.floor((i * values.length) / widthCells);
    const to = Math.floor(((i + 1) * values.length) / widthCells);
    const finite = values.slice(from, to).filter((value) => Number.isFinite(value));
    return finite.length > 0 ? Math.max(...finite) : Number.NaN;
  });
}

function drawLine(
  grid: string[][],
  column: readonly number[],
  { mark, bottom, top }: { mark: string; bottom: number; top: number },
): void {
  const lastRow = grid.length - 1;
  const span = top > bottom ? top - bottom : 1;
  column.forEach((value, x) => {
    if (!Number.isFinite(value)) return;
    const row = lastRow - Math.round(((value - bottom) / span) * lastRow);
    grid[row][x] = mark;
  });
}

function withAxes(
  grid: readonly (readonly string[])[],
  { bottom, top, ends }: { bottom: number; top: number; ends?: readonly [string, string] },
): string {
  const topText = numberText(top);
  const bottomText = numberText(bottom);
  const labelCells = Math.max(topText.length, bottomText.length);
  const label = (row: number): string =>
    (row === 0 ? topText : row === grid.length - 1 ? bottomText : '').padStart(labelCells);
  const rows = grid.map((cells, row) => `${label(row)} │${cells.join('')}`.trimEnd());
  const widthCells = grid[0].length;
  rows.push(`${' '.repeat(labelCells)} └${'─'.repeat(widthCells)}`);
  if (ends) {
    const gap = Math.max(1, widthCells - ends[0].length - ends[1].length);
    rows.push(`${' '.repeat(labelCells + 2)}${ends[0]}${' '.repeat(gap)}${ends[1]}`);
  }
  return rows.join('\n');
}

/** Four significant digits, without an exponent in the usual range: 0.01234, 1235, 1.2e-9. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 4)));
}
