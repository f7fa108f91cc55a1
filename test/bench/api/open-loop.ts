import { createRandom } from '../../../src/domain/random.ts';

export interface Asked {
  /** From the instant at which it was due, whenever it was sent, to the end of its answer. */
  readonly latencyMs: number;
  readonly status: number | 'failed';
}

export interface OpenLoop {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** Answers the status; a rejection counts as failed. */
  readonly ask: () => Promise<number>;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Asks on a fixed schedule that waits for no answer: request k is due at k / rate, and its latency counts from there. A
 * server that stalls is so charged with everybody who came meanwhile (no coordinated omission, G. Tene, "How NOT to
 * Measure Latency"). Resolves when the last answer is there, in the order in which they were due.
 */
export async function openLoop({
  ratePerSecond,
  seconds,
  ask,
  nowMs,
  sleep,
}: OpenLoop): Promise<readonly Asked[]> {
  const startedAtMs = nowMs();
  const total = Math.round(ratePerSecond * seconds);
  const answers: Promise<Asked>[] = [];
  const askOne = async (dueAtMs: number): Promise<Asked> => {
    const status = await ask().catch(() => 'failed' as const);
    return { latencyMs: nowMs() - dueAtMs, status };
  };
  while (answers.length < total) {
    const due = Math.min(total, Math.floor(((nowMs() - startedAtMs) / 1000) * ratePerSecond) + 1);
    while (answers.length < due) answers.push(askOne(startedAtMs + (answers.length / ratePerSecond) * 1000));
    await sleep(1);
  }
  return Promise.all(answers);
}

/** The value below which the share `level` of them lies; NaN of none. */
export function quantile(values: readonly number[], level: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))];
}

/** Goes through what is asked in a mixed but fixed order. */
export function mixOf<T>(choices: readonly T[], seed: number): () => T {
  const random = createRandom(seed);
  return () => choices[Math.floor(random() * choices.length)];
}
