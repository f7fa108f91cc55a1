/** `npx tsx test/bench/size/sizing.ts`: the queueing kernel's speed, beside a textbook loop in the same run. */
import { createRandom } from '../../../src/domain/random.ts';
import { cheapestReplicas } from '../../../src/size/cheapest-servers.ts';
import type { ServerCost } from '../../../src/size/cheapest-servers.ts';
import { mmcQueue, mmcResponseTail } from '../../../src/size/mmc.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { aSizingInput, quantilesAround } from '../../unit/size/sizing-input.ts';

const ROUND_MS = 1;
const ROUNDS = 150;

/** Best of many short rounds, microseconds per call: the machine is shared, and short rounds escape the others. */
function microsecondsPerCall(calls: number, run: (i: number) => void): number {
  for (let i = 0; i < calls; i += 1) run(i);
  let best = Infinity;
  let next = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAtMs = performance.now();
    let done = 0;
    do {
      for (let i = 0; i < 8; i += 1) run((next += 1) % calls);
      done += 8;
    } while (performance.now() - startedAtMs < ROUND_MS);
    best = Math.min(best, ((performance.now() - startedAtMs) * 1000) / done);
  }
  return best;
}

/** Erlang C as textbooks write it, without factorials: the B recurrence from 1 server up, for each count anew. */
function textbookLate(
  arrivalRate: number,
  serviceRate: number,
  at: { servers: number; seconds: number },
): number {
  const { servers, seconds } = at;
  const load = arrivalRate / serviceRate;
  let blocking = 1;
  for (let n = 1; n <= servers; n += 1) blocking = (load * blocking) / (n + load * blocking);
  const wait = blocking / (1 - (load / servers) * (1 - blocking));
  const drain = servers * serviceRate - arrivalRate;
  const gap = drain / serviceRate - 1;
  const floor = Math.exp(-serviceRate * seconds);
  return floor * (1 + (wait * (1 - Math.exp(-gap * serviceRate * seconds))) / gap);
}

function textbookCheapest(given: ServerCost): number {
  const { arrivalRateRps, serviceRateRps, sloSeconds: seconds } = given;
  const cost = (servers: number): number =>
    servers * given.perReplicaSecond +
    given.perViolation * arrivalRateRps * textbookLate(arrivalRateRps, serviceRateRps, { servers, seconds });
  let servers = Math.floor(arrivalRateRps / serviceRateRps) + 1;
  while (cost(servers + 1) < cost(servers)) servers += 1;
  return servers;
}

function benchCheapest(): void {
  const random = createRandom(5);
  const cases = Array.from({ length: 20_000 }, () => ({
    arrivalRateRps: Math.exp(random() * Math.log(20_000)),
    serviceRateRps: 20,
    serversPerReplica: 1,
    sloSeconds: 0.25,
    perReplicaSecond: 0.04 / 3600,
    perViolation: 2e-4,
  }));
  const counts = cases.map(cheapestReplicas);
  const differing = cases.filter((given, i) => textbookCheapest(given) !== counts[i]).length;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const ours = microsecondsPerCall(cases.length, (i) => void cheapestReplicas(cases[i]));
  const textbook = microsecondsPerCall(cases.length, (i) => void textbookCheapest(cases[i]));
  console.log(
    `cost optimum, mean c ${mean.toFixed(0)}: ${ours.toFixed(3)} us = ${(1 / ours).toFixed(2)} M/s; ` +
      `textbook ${textbook.toFixed(2)} us, ratio ${(textbook / ours).toFixed(1)}; ${differing} answers differ`,
  );
}

function benchTail(): void {
  for (const servers of [100, 1000, 10_000, 100_000]) {
    const calls = Math.ceil(2e6 / servers) + 200;
    const rate = (i: number): number => servers * (0.95 + 0.0001 * (i % 100));
    let sum = 0;
    const ours = microsecondsPerCall(
      calls,
      (i) => (sum += mmcResponseTail(mmcQueue(rate(i), 1, servers)!, 2)),
    );
    const textbook = microsecondsPerCall(
      calls,
      (i) => (sum += textbookLate(rate(i), 1, { servers, seconds: 2 })),
    );
    console.log(
      `P(T > t) at c = ${servers}: ${ours.toFixed(3)} us; textbook ${textbook.toFixed(2)} us, ` +
        `ratio ${(textbook / ours).toFixed(1)}${Number.isNaN(sum) ? ' NaN!' : ''}`,
    );
  }
}

function benchSizeReplicas(
  name: string,
  slo: { patienceSeconds?: number },
  queueLimitRequests: number | null,
): void {
  for (const dispatch of ['Central', 'LeastRequests', 'PowerOfTwo', 'RoundRobin', 'Random'] as const) {
    const inputs = [300, 1000, 3000, 10_000].map((rate) =>
      aSizingInput(
        Array.from({ length: 4 }, (_, step) => quantilesAround(rate * (1 + step / 50), 0.3)),
        { policy: { capacity: { dispatch, queueLimitRequests }, slo } },
      ),
    );
    const each = microsecondsPerCall(60, (i) => void sizeReplicas(inputs[i % inputs.length]));
    console.log(`sizeReplicas, 4 steps of 12 quantiles${name}, ${dispatch}: ${each.toFixed(0)} us`);
  }
}

benchCheapest();
benchTail();
benchSizeReplicas('', {}, null);
benchSizeReplicas(', patience 2 s', { patienceSeconds: 2 }, null);
benchSizeReplicas(', 16 a replica', {}, 16);
