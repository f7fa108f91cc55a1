import { existsSync, readFileSync } from 'node:fs';

const FOLDER = '../shared/reference';

/** Tables from an independent implementation at 60 digits; absent outside the workshop. */
export const hasReference = existsSync(FOLDER);

/** Rows of one table as column -> text; no rows where the tables are absent. */
export function referenceRows(file: string): Record<string, string>[] {
  if (!hasReference) return [];
  const [header = '', ...lines] = readFileSync(`${FOLDER}/${file}`, 'utf8').trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}

/** 0 within 1e-300 absolute, else relative to `wanted`. */
export function errorOf(got: number, wanted: number): number {
  const difference = Math.abs(got - wanted);
  return difference <= 1e-300 ? 0 : difference / Math.abs(wanted);
}

/** Collects the largest error by column and says it once at the end. */
export function createErrorLog(): {
  note(column: string, error: number, row: string): void;
  largest(column: string): number;
  text(): string;
} {
  const worst = new Map<string, { error: number; row: string }>();
  return {
    note(column, error, row) {
      // NaN must not pass as "not larger".
      if (!(error <= (worst.get(column)?.error ?? -1))) worst.set(column, { error, row });
    },
    largest: (column) => worst.get(column)?.error ?? Number.NaN,
    text: () =>
      [...worst].map(([column, { error, row }]) => `${column} ${error.toExponential(1)} (${row})`).join(', '),
  };
}
