import { describe, expect, test } from 'vitest';
import { runSize } from './run-size.ts';

const WEB_SHOP = { 'arrival-rate-rps': '900', 'service-rate-rps': '25', 'slo-seconds': '0.25' };
const PRICES = { 'replica-cost-per-hour': '0.12', 'violation-cost': '0.0004' };

describe('prescale size', () => {
  test('answers in the published shape', async () => {
    const { exitCode, answer } = await runSize({ ...WEB_SHOP, ...PRICES, 'servers-per-replica': '8' });
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({
      replicas: 6,
      servers: 48,
      stable: true,
      reason: 'CostOptimum',
      offeredLoadErlangs: 36,
      utilizationRatio: 0.75,
      waitProbability: expect.closeTo(0.0375, 4),
      meanResponseSeconds: expect.closeTo(0.0401, 4),
      costPerHour: { replicas: 0.72, violations: expect.any(Number), total: expect.any(Number) },
    });
    expect(answer.meanWaitSeconds).toBeCloseTo(answer.meanResponseSeconds - 1 / 25, 12);
    expect(answer.costPerHour.violations).toBeCloseTo(
      0.0004 * 900 * 3600 * answer.sloViolationProbability,
      9,
    );
  });

  test('without prices: the smallest count that meets the objective, 0.99 where none is given', async () => {
    const implied = await runSize(WEB_SHOP);
    const given = await runSize({ ...WEB_SHOP, objective: '0.99' });
    expect(implied.answer).toEqual(given.answer);
    const { replicas, sloViolationProbability } = implied.answer;
    expect(sloViolationProbability).toBeLessThanOrEqual(0.01);
    const oneFewer = await runSize({ ...WEB_SHOP, replicas: String(replicas - 1) });
    expect(oneFewer.answer.sloViolationProbability).toBeGreaterThan(0.01);
    expect(implied.answer.costPerHour).toEqual({ replicas: null, violations: null, total: null });
  });

  test('with prices and an objective: never below what meets the objective', async () => {
    const cheapViolations = { ...PRICES, 'violation-cost': '1e-9' };
    const priceOnly = await runSize({ ...WEB_SHOP, ...cheapViolations });
    const both = await runSize({ ...WEB_SHOP, ...cheapViolations, objective: '0.99' });
    expect(priceOnly.answer.sloViolationProbability).toBeGreaterThan(0.01);
    expect(both.answer.sloViolationProbability).toBeLessThanOrEqual(0.01);
  });

  test('too few replicas: unstable, no waits, exit 0', async () => {
    const { exitCode, answer } = await runSize({ ...WEB_SHOP, replicas: '36' });
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({
      stable: false,
      waitProbability: null,
      meanWaitSeconds: null,
      meanResponseSeconds: null,
      sloViolationProbability: 1,
    });
  });

  test('an SLO that service alone breaks is said, and not bought to the limit', async () => {
    const { answer } = await runSize({ ...WEB_SHOP, 'slo-seconds': '0.1' });
    expect(answer.reason).toBe('ServiceTimeExceedsSlo');
    expect(answer.replicas).toBeGreaterThan(36);
    expect(answer.replicas).toBeLessThan(72);
  });

  test('random dispatch to single-slot replicas needs far more than a central queue', async () => {
    const central = await runSize({ ...WEB_SHOP, dispatch: 'central' });
    const random = await runSize({ ...WEB_SHOP, dispatch: 'random' });
    expect(random.answer.replicas).toBeGreaterThan(1.5 * central.answer.replicas);
  });

  test.each([
    ['held down', { 'max-replicas': '38' }, { replicas: 38, reason: 'TooManyReplicas', stable: true }],
    [
      'max too small',
      { 'max-replicas': '20' },
      { replicas: 20, reason: 'MaxReplicasTooSmall', stable: false },
    ],
    ['held up', { 'min-replicas': '99' }, { replicas: 99, reason: 'TooFewReplicas', stable: true }],
    ['no load', { 'arrival-rate-rps': '0' }, { replicas: 1, utilizationRatio: 0, stable: true }],
  ])('bounds: %s', async (_name, flags, expected) => {
    const { answer } = await runSize({ ...WEB_SHOP, ...PRICES, ...flags });
    expect(answer).toMatchObject(expected);
  });

  test('--explain draws the cost curve and marks the chosen count', async () => {
    const { stdout } = await runSize({ ...WEB_SHOP, ...PRICES }, ['--explain']);
    expect(stdout).toMatch(/^replicas +41 \(lowest cost\)$/m);
    expect(stdout).toMatch(/^41 │█+.* 7\.622 {2}<-- this count$/m);
    expect(stdout.match(/this count/g)).toHaveLength(1);
  });

  test.each([
    ['prices', PRICES],
    ['no prices', {}],
    ['dispatch and servers', { ...PRICES, dispatch: 'least-requests', 'servers-per-replica': '8' }],
    ['power of two', { ...PRICES, dispatch: 'power-of-two' }],
    ['random', { ...PRICES, dispatch: 'random' }],
    ['variability', { ...PRICES, 'arrival-variability': '4', 'service-variability': '0.25' }],
    ['losses', { ...PRICES, 'patience-seconds': '1', 'queue-limit': '3' }],
    ['scalability', { ...PRICES, contention: '0.002', coherency: '0.0001', dispatch: 'round-robin' }],
    ['many', { ...PRICES, 'arrival-rate-rps': '900000' }],
    ['no load', { ...PRICES, 'arrival-rate-rps': '0' }],
  ])('--explain shows a curve, not a line: %s', async (_name, flags) => {
    const { stdout, answer } = await runSize({ ...WEB_SHOP, ...flags }, ['--explain']);
    expect(answer).toBeUndefined();
    expect(stdout.match(/this count/g)).toHaveLength(1);
    const bars = stdout.split('\n').flatMap((line) => /│(\S*)/.exec(line)?.[1]?.length ?? []);
    expect(bars.length).toBeGreaterThanOrEqual(3);
    expect(bars.length).toBeLessThanOrEqual(18);
    expect(Math.max(...bars) - Math.min(...bars)).toBeGreaterThanOrEqual(5);
    expect(stdout).not.toMatch(/NaN|Infinity/);
  });

  test('nothing prints NaN or Infinity, whatever the size', async () => {
    for (const rate of ['0', '1e-300', '1e-9', '1', '999999', '1e9'])
      for (const replicas of ['1', '200', '201', '1000000']) {
        const flags = { ...WEB_SHOP, ...PRICES, 'arrival-rate-rps': rate, 'service-rate-rps': '1', replicas };
        const { stdout } = await runSize(flags);
        expect(stdout, `${rate} on ${replicas}`).not.toMatch(/NaN|Infinity/);
        const answer = JSON.parse(stdout) as Record<string, unknown>;
        expect(answer['stable'] === (answer['waitProbability'] !== null)).toBe(true);
      }
  });
});

describe('bad arguments of prescale size', () => {
  test.each([
    [
      'a missing rate',
      { 'arrival-rate-rps': undefined },
      /required option '--arrival-rate-rps <rate>' not specified/,
    ],
    [
      'a missing service rate',
      { 'service-rate-rps': undefined },
      /'--service-rate-rps <rate>' not specified/,
    ],
    ['a missing SLO', { 'slo-seconds': undefined }, /'--slo-seconds <seconds>' not specified/],
    [
      'a negative rate',
      { 'arrival-rate-rps': '-1' },
      /--arrival-rate-rps.*Got "-1", allowed: a number of at least 0/,
    ],
    ['a rate that is no number', { 'arrival-rate-rps': 'lots' }, /Got "lots", allowed: a number/],
    ['an infinite rate', { 'arrival-rate-rps': 'Infinity' }, /Got "Infinity", allowed: a number/],
    ['NaN', { 'arrival-rate-rps': 'NaN' }, /Got "NaN", allowed: a number/],
    ['no service', { 'service-rate-rps': '0' }, /--service-rate-rps.*Got "0", allowed: a number above 0/],
    [
      'a negative SLO',
      { 'slo-seconds': '-0.1' },
      /--slo-seconds.*Got "-0.1", allowed: a number of at least 0/,
    ],
    [
      'half a server',
      { 'servers-per-replica': '0.5' },
      /--servers-per-replica.*allowed: a whole number of at least 1/,
    ],
    ['no replicas', { replicas: '0' }, /--replicas.*Got "0", allowed: a whole number of at least 1/],
    [
      'an objective in percent',
      { objective: '99' },
      /--objective.*Got "99", allowed: a number of at least 0 and at most 1/,
    ],
    ['a negative price', { 'replica-cost-per-hour': '-1' }, /--replica-cost-per-hour.*Got "-1"/],
    [
      'an unknown dispatch',
      { dispatch: 'LeastRequests' },
      /Allowed choices are central, least-requests, power-of-two, random, round-robin/,
    ],
    ['an unknown flag', { speed: '1' }, /unknown option '--speed=1'/],
    [
      'min above max',
      { 'min-replicas': '5', 'max-replicas': '4' },
      /--min-replicas: got 5, allowed: at most --max-replicas, which is 4/,
    ],
    ['a variability below 0', { 'arrival-variability': '-1' }, /--arrival-variability.*Got "-1"/],
    ['a variability in words', { 'service-variability': 'much' }, /--service-variability.*Got "much"/],
    [
      'variability with losses',
      { 'service-variability': '2', 'queue-limit': '9' },
      /--arrival-variability: got 1, and --service-variability 2, allowed: 1 and 1 together with/,
    ],
    [
      'a queue limit below the servers',
      { 'queue-limit': '3', 'servers-per-replica': '8' },
      /--queue-limit: got 3, allowed: at least --servers-per-replica, which is 8/,
    ],
    ['no patience', { 'patience-seconds': '0' }, /--patience-seconds.*Got "0", allowed: a number above 0/],
    [
      'patience of no time at all',
      { 'patience-seconds': '5e-324' },
      /--patience-seconds: got 5e-324, allowed: at least 0.000001 /,
    ],
    [
      'patience without end',
      { 'patience-seconds': '1e12' },
      /--patience-seconds: got 1000000000000, allowed/,
    ],
    ['no room', { 'queue-limit': '0' }, /--queue-limit.*Got "0", allowed: a whole number of at least 1/],
    ['contention above 1', { contention: '2' }, /--contention.*Got "2"/],
    ['coherency below 0', { coherency: '-1' }, /--coherency.*Got "-1"/],
    ['a negative violation price', { ...PRICES, 'violation-cost': '-1' }, /--violation-cost.*Got "-1"/],
    ['no least count', { 'min-replicas': '0' }, /--min-replicas.*Got "0"/],
    ['half a largest count', { 'max-replicas': '1.5' }, /--max-replicas.*Got "1.5"/],
    [
      'half of the prices',
      { 'violation-cost': '1' },
      /--violation-cost: got a price without --replica-cost-per-hour/,
    ],
  ])('%s', async (_name, flags, message) => {
    const { exitCode, stdout, stderr } = await runSize({ ...WEB_SHOP, ...flags });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at .*\.ts/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('--help has examples and exits 0', async () => {
    const { exitCode, stdout } = await runSize({}, ['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}\$ prescale size /);
  });
});
