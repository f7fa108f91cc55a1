import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { isoFromMs } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { Forecast } from '../../domain/forecast.ts';

/** Forecasts as JSON lines: recording, originAt, stepSeconds and quantilesRps[step][level of QUANTILE_LEVELS]. */
export interface ForecastLines {
  add(recording: string, forecast: Forecast): void;
  /** Waits until what was added is written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export async function openForecastLines(file: string): Promise<ForecastLines> {
  const stream = createWriteStream(file);
  await once(stream, 'open').catch((error: unknown) => {
    throw unwritable(file, error);
  });
  const failure: { error?: Error } = {};
  stream.on('error', (error) => (failure.error = error));
  const check = (): void => {
    if (failure.error) throw unwritable(file, failure.error);
  };
  return {
    add: (recording, forecast) => void stream.write(`${JSON.stringify(lineOf(recording, forecast))}\n`),
    async flush() {
      check();
      if (stream.writableNeedDrain) await drained(stream);
      check();
    },
    async close() {
      check();
      await new Promise((resolve) => stream.end(resolve));
      check();
    },
  };
}

function lineOf(recording: string, { originAtMs, stepSeconds, quantilesRps }: Forecast): object {
  return { recording, originAt: isoFromMs(originAtMs), stepSeconds, quantilesRps };
}

async function drained(stream: WriteStream): Promise<void> {
  await once(stream, 'drain').catch(() => undefined);
}

function unwritable(file: string, error: unknown): PrescaleError {
  const cause = error instanceof Error ? error.message : String(error);
  return new PrescaleError(
    'usage',
    `--forecasts: got ${file} (${cause}), allowed: a file that can be written`,
  );
}
