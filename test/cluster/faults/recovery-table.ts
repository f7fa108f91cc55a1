/** What came of each fault, printed when all are over: `fault | held | recovered after | writes meanwhile`. */
export interface RecoveryRow {
  readonly fault: string;
  /** How long it lasted. */
  readonly heldSeconds: number;
  /** From its end. */
  readonly recoveredSeconds: number;
  /** Writes of the controllers while it lasted. */
  readonly writes: number;
}

export function recoveryTable(rows: readonly RecoveryRow[]): string {
  const lines = rows.map(({ fault, heldSeconds, recoveredSeconds, writes }) => [
    fault,
    `${heldSeconds.toFixed(1)} s`,
    `${recoveredSeconds.toFixed(1)} s`,
    String(writes),
  ]);
  const all = [['fault', 'held', 'recovered after', 'writes meanwhile'], ...lines];
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
  return all.map((line) => line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')).join('\n');
}
