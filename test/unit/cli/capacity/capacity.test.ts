import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../../../src/domain/random.ts';
import { gaussian } from '../../../simulator/distributions.ts';
import { prescale } from '../evaluate/recorded-day.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-capacity-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Replicas of 8 servers at 25 rps, contention 0.04, coherency 0.001: a row a minute, counts from `from` to `to`. */
function recorded(name: string, { from = 1, to = 24, columns = 'throughput_rps,busy_slots,replicas' } = {}) {
  const random = createRandom(5);
  const rows = Array.from({ length: 480 }, (_, i) => {
    const replicas = from + (Math.floor(i / 5) % (to - from + 1));
    const slowdown = 1 + 0.04 * (replicas - 1) + 0.001 * replicas * (replicas - 1);
    const utilization = 0.4 + 0.4 * Math.abs(Math.sin(i / 40));
    const busy = 8 * replicas * utilization;
    const rps = ((busy * 25) / slowdown) * (1 + 0.02 * gaussian(random));
    const values: Record<string, number> = {
      arrival_rate_rps: rps,
      throughput_rps: rps,
      busy_slots: busy,
      replicas,
    };
    const at = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
    return [at, rps, ...columns.split(',').map((column) => values[column])].join(',');
  });
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, [`timestamp,arrival_rate_rps,${columns}`, ...rows, ''].join('\n'));
  return file;
}
const capacity = (...args: string[]) => prescale('capacity', ...args);

interface Answer {
  readonly scalability: Record<'rateRps' | 'contention' | 'coherency' | 'peakReplicas', { value: number }>;
  readonly serviceRate: object;
  readonly policy: { readonly capacity: readonly string[] };
}

describe('prescale capacity', () => {
  test('the law and the rate, with intervals and lines for the policy', async () => {
    const { exitCode, stdout, stderr } = await capacity('--recording', recorded('shop'), '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    const { scalability, policy } = JSON.parse(stdout) as Answer;
    expect(scalability).toMatchObject({ kind: 'fitted', basis: 'busySlots', rateOf: 'server', samples: 480 });
    expect(scalability.rateRps.value / 25).toBeCloseTo(1, 1);
    expect(scalability.contention.value).toBeCloseTo(0.04, 1);
    expect(scalability.peakReplicas.value / Math.sqrt(0.96 / 0.001)).toBeCloseTo(1, 0);
    expect(policy.capacity[0]).toMatch(/^serviceRateRps: 2[45]/);
    expect(policy.capacity[1]).toMatch(/^scalability: { contention: 0\.0\d+, coherency: 0\.00\d+ }$/);
  });

  test('for people: a bar for each count, and what the recording cannot show', async () => {
    const { exitCode, stdout } = await capacity('--recording', recorded('shop'));
    expect(exitCode).toBe(0);
    expect(stdout.match(/^ *\d+ │█+/gm)).toHaveLength(24);
    expect(stdout).toContain('95 % interval');
    expect(stdout).toContain('not seen: what varies within 1m');
  });

  test('counts too near to each other: the law is refused, the rate is told', async () => {
    const file = recorded('narrow', { from: 10, to: 19 });
    const { exitCode, stdout } = await capacity('--recording', file);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('scalability law: cannot be told (NarrowRange): usable slots have 10 to 19');
    expect(stdout).not.toContain('contention');
  });

  test('neither law nor rate: a reason for each, exit 1', async () => {
    const file = recorded('bare', { columns: 'replicas' });
    const { exitCode, stdout, stderr } = await capacity('--recording', file, '--json');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('cannot tell');
    expect(JSON.parse(stdout)).toMatchObject({
      serviceRate: { kind: 'refused', reason: 'MissingColumn' },
      scalability: { kind: 'refused', reason: 'NoThroughput' },
      policy: { capacity: [] },
    });
  });

  test('throughput that follows the demand, unless it is said to be a load test', async () => {
    const file = recorded('follows', { columns: 'throughput_rps,replicas' });
    expect((await capacity('--recording', file)).stdout).toContain('NeverSaturated');
    const { stdout } = await capacity(
      '--recording',
      file,
      '--saturated',
      '--servers-per-replica',
      '8',
      '--json',
    );
    const { policy } = JSON.parse(stdout) as Answer;
    expect(policy.capacity).toContain('serversPerReplica: 8');
  });

  test('a flag out of range: exit 2 and what is allowed', async () => {
    const { exitCode, stderr } = await capacity('--recording', 'x.csv', '--servers-per-replica', '0');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a whole number of at least 1');
  });
});
