import { describe, expect, test } from 'vitest';
import { impatientQueue } from '../../../src/size/impatient-queue.ts';
import type { ImpatientQueue } from '../../../src/size/impatient-queue.ts';
import { createErrorLog, errorOf, hasReference, referenceRows } from './reference-table.ts';

const AIM = 2e-13;

const VALUES: Record<string, (queue: ImpatientQueue) => number> = {
  p_block: (queue) => queue.shedProbability,
  p_wait_accepted: (queue) => queue.waitProbability,
  p_abandon: (queue) => queue.abandonProbability,
  mean_wait_s: (queue) => queue.meanWaitSeconds,
  mean_queue_len: (queue) => queue.meanQueueLength,
};

describe.skipIf(!hasReference)('M/M/c/K and M/M/c+M against the table (skipped where it is absent)', () => {
  test('every value of every row', () => {
    const log = createErrorLog();
    for (const [index, row] of referenceRows('finite_abandon_reference.csv').entries()) {
      const queue = impatientQueue({
        arrivalRateRps: Number(row['arrival_rate']),
        serviceRateRps: Number(row['service_rate']),
        servers: Number(row['servers']),
        limitRequests: row['capacity_K'] === '' ? Infinity : Number(row['capacity_K']),
        abandonRateRps: Number(row['abandon_rate_theta']),
      });
      for (const [column, value] of Object.entries(VALUES))
        if (row[column] !== '')
          log.note(column, errorOf(value(queue), Number(row[column])), `line ${index + 2}`);
    }
    console.log(`finite_abandon_reference.csv: ${log.text()}`);
    for (const column of Object.keys(VALUES)) expect(log.largest(column), column).toBeLessThan(AIM);
  });
});
