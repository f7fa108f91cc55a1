/**
 * No source keeps the workloads of another one waiting. All are read at once; who has not answered within some seconds
 * is left behind: its reading goes on beside the tick, and what it brings counts at the next one. Whoever was left behind
 * is not waited for at all any more, until an answer of it takes half of that time or less. So a source that is slow at
 * every tick costs the others those seconds once, and its own workloads are decided on by what was known a tick before.
 *
 * The only one of a tick is waited for: there is nobody else.
 */
import type { MetricsSource } from '../observe/metrics-source.ts';
import { withinDeadline } from './deadline.ts';
import type { SourceRead } from './source-read.ts';

export interface LateReads {
  /** What has come of readings that were left behind, each once. */
  take(): readonly SourceRead[];
  /** What has come in time; who is missing was left behind. The readings must not reject. */
  inTime(
    readings: ReadonlyMap<MetricsSource, Promise<SourceRead>>,
  ): Promise<ReadonlyMap<MetricsSource, SourceRead>>;
}

export function createLateReads(patienceSeconds: number): LateReads {
  const slow = new WeakSet<MetricsSource>();
  let late: SourceRead[] = [];

  return {
    take() {
      const taken = late;
      late = [];
      return taken;
    },
    async inTime(readings) {
      const came = new Map<MetricsSource, SourceRead>();
      let isOver = false;
      const settled = async ([source, reading]: readonly [
        MetricsSource,
        Promise<SourceRead>,
      ]): Promise<void> => {
        const result = await reading;
        if (result.readSeconds <= patienceSeconds / 2) slow.delete(source);
        if (isOver) late.push(result);
        else came.set(source, result);
      };
      const isAlone = readings.size === 1;
      const waits = [...readings].map((one) => ({ isSlow: slow.has(one[0]), done: settled(one) }));
      const awaited = waits.filter(({ isSlow }) => isAlone || !isSlow).map(({ done }) => done);
      await withinDeadline(
        { seconds: isAlone ? Infinity : patienceSeconds, parent: new AbortController().signal },
        () => Promise.all(awaited),
        () => [],
      );
      isOver = true;
      for (const source of readings.keys()) if (!came.has(source)) slow.add(source);
      return came;
    },
  };
}
