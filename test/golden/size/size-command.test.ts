import { describe, expect, test } from 'vitest';
import { runSize } from '../../unit/cli/size/run-size.ts';
import { createErrorLog, errorOf, hasReference, referenceRows } from './reference-table.ts';

const AIM = 2e-13;
const SECONDS_PER_HOUR = 3600;

describe.skipIf(!hasReference)('prescale size --json on every reference row (skipped where absent)', () => {
  test('erlang_reference.csv: an evaluation of each row', async () => {
    const log = createErrorLog();
    const columns = {
      p_wait: 'waitProbability',
      mean_wait_s: 'meanWaitSeconds',
      mean_response_s: 'meanResponseSeconds',
      p_response_gt_t: 'sloViolationProbability',
      offered_load: 'offeredLoadErlangs',
      rho: 'utilizationRatio',
    };
    for (const row of referenceRows('erlang_reference.csv')) {
      const { exitCode, answer } = await runSize({
        'arrival-rate-rps': row['arrival_rate'],
        'service-rate-rps': row['service_rate'],
        'slo-seconds': row['t_s'],
        replicas: row['servers'],
      });
      expect(exitCode).toBe(0);
      const stable = row['mean_wait_s'] !== 'Infinity';
      expect(answer.stable, `row ${row['id']}`).toBe(stable);
      for (const [column, field] of Object.entries(columns)) {
        if (stable) log.note(field, errorOf(Number(answer[field]), Number(row[column])), `row ${row['id']}`);
        else if (/Wait|wait|Response/.test(field)) expect(answer[field]).toBeNull();
      }
    }
    console.log(`prescale size, erlang_reference.csv: ${log.text()}`);
    for (const field of Object.values(columns)) expect(log.largest(field), field).toBeLessThan(AIM);
  }, 60_000);

  test('sizing_reference.csv: the smallest count for the objective, and the cost optimum', async () => {
    const log = createErrorLog();
    let infeasible = 0;
    for (const [index, row] of referenceRows('sizing_reference.csv').entries()) {
      const name = `line ${index + 2}`;
      const load = {
        'arrival-rate-rps': row['arrival_rate'],
        'service-rate-rps': row['service_rate'],
        'slo-seconds': row['t_s'],
      };
      const met = await runSize({ ...load, objective: String(1 - Number(row['eps'])) });
      if (row['c_min'] === '') {
        infeasible += 1;
        expect(met.answer.reason, name).toBe('ServiceTimeExceedsSlo');
      } else {
        expect(met.answer.replicas, name).toBe(Number(row['c_min']));
        log.note(
          'p_gt_t_at_cmin',
          errorOf(met.answer.sloViolationProbability, Number(row['p_gt_t_at_cmin'])),
          name,
        );
      }
      const cheapest = await runSize({
        ...load,
        'replica-cost-per-hour': String(Number(row['price_per_replica_s']) * SECONDS_PER_HOUR),
        'violation-cost': row['penalty_per_late_request'],
      });
      expect(cheapest.answer.replicas, name).toBe(Number(row['c_cost_optimal']));
      const perSecond = cheapest.answer.costPerHour.total / SECONDS_PER_HOUR;
      log.note('cost_rate_at_optimum', errorOf(perSecond, Number(row['cost_rate_at_optimum'])), name);
    }
    console.log(`prescale size, sizing_reference.csv: ${log.text()}; ${infeasible} SLOs that no count meets`);
    expect(log.largest('p_gt_t_at_cmin')).toBeLessThan(AIM);
    expect(log.largest('cost_rate_at_optimum')).toBeLessThan(AIM);
  }, 60_000);
});
