import { describe, expect, test } from 'vitest';
import { erlangB, lnErlangC } from '../../../src/size/erlang.ts';
import {
  mmcMeanQueueLength,
  mmcMeanResponseSeconds,
  mmcMeanWaitSeconds,
  mmcQueue,
  mmcResponseTail,
  mmcWaitTail,
} from '../../../src/size/mmc.ts';
import { createErrorLog, errorOf, hasReference, referenceRows } from './reference-table.ts';

const AIM = 2e-13;
/** The table's logarithms are of a float's accuracy near 0. */
const LN_AIM = 5e-7;

describe.skipIf(!hasReference)('M/M/c against the 60-digit table (skipped where it is absent)', () => {
  test('every value of every stable row is exact, every unstable row has no queue', () => {
    const log = createErrorLog();
    let unstable = 0;
    for (const row of referenceRows('erlang_reference.csv')) {
      const servers = Number(row['servers']);
      const queue = mmcQueue(Number(row['arrival_rate']), Number(row['service_rate']), servers);
      expect(queue === undefined, `row ${row['id']}`).toBe(row['mean_wait_s'] === 'Infinity');
      if (queue === undefined) unstable += 1;
      else noteRow(log, row, queue);
    }
    console.log(`erlang_reference.csv: ${log.text()}; ${unstable} unstable rows`);
    for (const column of [...Object.keys(VALUES), 'p_block_erlang_b'])
      expect(log.largest(column), column).toBeLessThan(AIM);
    expect(log.largest('ln_p_wait')).toBeLessThan(LN_AIM);
  });
});

type Queue = NonNullable<ReturnType<typeof mmcQueue>>;
const VALUES: Record<string, (queue: Queue, seconds: number) => number> = {
  p_wait: (queue) => queue.waitProbability,
  mean_wait_s: mmcMeanWaitSeconds,
  mean_response_s: mmcMeanResponseSeconds,
  mean_queue_len: mmcMeanQueueLength,
  p_wait_gt_t: mmcWaitTail,
  p_response_gt_t: mmcResponseTail,
};

function noteRow(log: ReturnType<typeof createErrorLog>, row: Record<string, string>, queue: Queue): void {
  const name = `row ${row['id']}`;
  for (const [column, value] of Object.entries(VALUES))
    log.note(column, errorOf(value(queue, Number(row['t_s'])), Number(row[column])), name);
  const { servers, offeredLoadErlangs } = queue;
  log.note(
    'p_block_erlang_b',
    errorOf(erlangB(servers, offeredLoadErlangs), Number(row['p_block_erlang_b'])),
    name,
  );
  if (queue.arrivalRateRps > 0)
    log.note('ln_p_wait', errorOf(lnErlangC(servers, offeredLoadErlangs), Number(row['ln_p_wait'])), name);
}
