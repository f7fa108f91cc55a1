/**
 * The correction for arrivals and services that are not exponential, against simulation: a line for each cell and the
 * errors by law, `npx tsx test/simulator/variability-table.ts [requests]`. Every law has the two moments that the model
 * is given; what else it is shows in the error.
 */
import type { Dispatch } from '../../src/policy/policy.ts';
import { dispatchedQueue } from '../../src/size/dispatch.ts';
import { constant, erlang, exponential, hyperexponential, lognormal } from './distributions.ts';
import type { Draw } from './distributions.ts';
import { simulateReplicas } from './simulate-replicas.ts';

interface Law {
  readonly name: string;
  readonly arrivals: number;
  readonly service: number;
  readonly interarrival: (rate: number) => Draw;
  readonly serviceTime: Draw;
}

const poisson = (rate: number): Draw => exponential(rate);
const bursty = (rate: number): Draw => hyperexponential(1 / rate, 4);

export const LAWS: readonly Law[] = [
  { name: 'constant', arrivals: 1, service: 0, interarrival: poisson, serviceTime: constant(1) },
  { name: 'Erlang, cs2 = 1/4', arrivals: 1, service: 0.25, interarrival: poisson, serviceTime: erlang(4, 1) },
  { name: 'exponential', arrivals: 1, service: 1, interarrival: poisson, serviceTime: exponential(1) },
  {
    name: 'lognormal, cs2 = 4',
    arrivals: 1,
    service: 4,
    interarrival: poisson,
    serviceTime: lognormal(1, 4),
  },
  {
    name: 'hyperexponential, cs2 = 4',
    arrivals: 1,
    service: 4,
    interarrival: poisson,
    serviceTime: hyperexponential(1, 4),
  },
  { name: 'bursty, ca2 = 4', arrivals: 4, service: 1, interarrival: bursty, serviceTime: exponential(1) },
  {
    name: 'bursty, ca2 = 4, constant service',
    arrivals: 4,
    service: 0,
    interarrival: bursty,
    serviceTime: constant(1),
  },
];

const SYSTEMS: readonly (readonly [Dispatch, number, number])[] = [
  ['Central', 1, 1],
  ['Central', 10, 1],
  ['Central', 50, 1],
  ['LeastRequests', 8, 10],
  ['PowerOfTwo', 8, 10],
  ['RoundRobin', 8, 10],
  ['Random', 8, 10],
];
const UTILIZATIONS = [0.7, 0.9];
const SERVICE_TIMES = [2, 5];

export interface VariabilityCell {
  readonly law: Law;
  readonly dispatch: Dispatch;
  readonly servers: number;
  readonly replicas: number;
  readonly utilization: number;
}

export interface VariabilityResult {
  readonly meanWait: { readonly simulated: number; readonly modelled: number };
  /** By SERVICE_TIMES. */
  readonly late: readonly {
    readonly simulated: number;
    readonly halfWidth: number;
    readonly modelled: number;
  }[];
}

export function compareVariability(cell: VariabilityCell, requests: number, seed: number): VariabilityResult {
  const { law, dispatch, servers, replicas, utilization } = cell;
  const rate = utilization * servers * replicas;
  const answer = simulateReplicas(
    {
      dispatch,
      replicas,
      serversPerReplica: servers,
      interarrival: law.interarrival(rate),
      service: law.serviceTime,
    },
    { seed, requests, warmUpRequests: requests / 10, thresholdsSeconds: SERVICE_TIMES },
  );
  const variability = { arrivals: law.arrivals, service: law.service };
  const model = { dispatch, serversPerReplica: servers, serviceRateRps: 1, variability };
  const queue = dispatchedQueue(model, rate, replicas)!;
  return {
    meanWait: { simulated: answer.meanWaitSeconds.mean, modelled: queue.meanWaitSeconds },
    late: SERVICE_TIMES.map((seconds, i) => ({
      simulated: answer.lateProbabilities[i].mean,
      halfWidth: answer.lateProbabilities[i].halfWidth,
      modelled: queue.responseTail(seconds),
    })),
  };
}

function main(requests: number): void {
  console.log(
    'law | dispatch k N utilization | mean wait: simulated, model, error | late after 2 and 5: simulated, model',
  );
  for (const law of LAWS) {
    const waits: number[] = [];
    const points: number[] = [];
    for (const [dispatch, servers, replicas] of SYSTEMS)
      for (const utilization of UTILIZATIONS) {
        const { meanWait, late } = compareVariability(
          { law, dispatch, servers, replicas, utilization },
          requests,
          5,
        );
        const error = meanWait.modelled / meanWait.simulated - 1;
        waits.push(error);
        points.push(...late.map(({ simulated, modelled }) => 100 * (modelled - simulated)));
        const lateText = late.map(
          ({ simulated, modelled }) => `${(100 * simulated).toFixed(2)} ${(100 * modelled).toFixed(2)}`,
        );
        console.log(
          `${law.name} | ${dispatch} ${servers} ${replicas} ${utilization} | ` +
            `${meanWait.simulated.toPrecision(3)} ${meanWait.modelled.toPrecision(3)} ${(100 * error).toFixed(0)} % | ${lateText.join(' | ')}`,
        );
      }
    const range = (values: readonly number[]): string =>
      `${Math.min(...values).toFixed(1)} … ${Math.max(...values).toFixed(1)}`;
    console.log(
      `${law.name}: mean wait ${range(waits.map((error) => 100 * error))} %, late ${range(points)} points\n`,
    );
  }
}

if (process.argv[1]?.endsWith('variability-table.ts')) main(Number(process.argv[2] ?? 1e6));
