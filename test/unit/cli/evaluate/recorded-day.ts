import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { isoFromMs } from '../../../../src/domain/clock.ts';
import { aSeries } from '../../../contract/forecaster.ts';

/** A folder with `shop.csv` (four days of 10-minute slots, 576 rows) and `brief.csv` (the first four rows of it). */
export function recordingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'prescale-forecast-'));
  const { startAtMs, values } = aSeries({ days: 4, stepSeconds: 600 });
  const rows = [...values].map((rate, i) => `${isoFromMs(startAtMs + i * 600_000)},${rate}`);
  const header = 'timestamp,arrival_rate_rps';
  writeFileSync(join(folder, 'shop.csv'), [header, ...rows, ''].join('\n'));
  writeFileSync(join(folder, 'brief.csv'), [header, ...rows.slice(0, 4), ''].join('\n'));
  return folder;
}

/** `prescale …` in this process: exit code and what it printed. */
export async function prescale(
  ...args: readonly string[]
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    }),
  );
  try {
    return { exitCode: await main(args), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
