/** What came of each kind of fault in a soak: `fault | times | held | recovered after, median and most | writes meanwhile`. */
export interface SoakRow {
  readonly fault: string;
  readonly heldSeconds: number;
  /** From its end until what was disturbed right after it was mended. */
  readonly recoveredSeconds: number;
  /** Writes of the controllers while it lasted. */
  readonly writes: number;
  /** In words; none where all was as it should be. */
  readonly problems: readonly string[];
}

export function soakTable(rows: readonly SoakRow[]): string {
  const lines = [...new Set(rows.map(({ fault }) => fault))].map((fault) => {
    const all = rows.filter((row) => row.fault === fault);
    const seconds = all.map(({ recoveredSeconds }) => recoveredSeconds).sort((a, b) => a - b);
    return [
      fault,
      String(all.length),
      secondsText(all.reduce((sum, { heldSeconds }) => sum + heldSeconds, 0)),
      `${secondsText(seconds[Math.floor(seconds.length / 2)])}, ${secondsText(seconds.at(-1)!)}`,
      String(all.reduce((sum, { writes }) => sum + writes, 0)),
      String(all.reduce((sum, { problems }) => sum + problems.length, 0)),
    ];
  });
  const head = [
    'fault',
    'times',
    'held in all',
    'recovered after (p50, max)',
    'writes meanwhile',
    'problems',
  ];
  return [head, ['---', ...head.slice(1).map(() => '---:')], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
