/**
 * The dispatch models against simulation, a line for each cell: `npx tsx test/simulator/dispatch-table.ts [requests]`.
 * A cell is good where the model is within 15 % or 0.2 percentage points of P(T > t), give or take the simulation's
 * own 95 % interval.
 */
import { DISPATCHES } from '../../src/policy/policy.ts';
import type { Dispatch } from '../../src/policy/policy.ts';
import { lateProbability } from '../../src/size/dispatch.ts';
import { exponential } from './distributions.ts';
import { simulateReplicas } from './simulate-replicas.ts';

const SERVERS = [1, 4, 10, 50];
const REPLICAS = [2, 5, 10, 30, 75, 200];
const UTILIZATIONS = [0.5, 0.7, 0.8, 0.9, 0.95];
const SERVICE_TIMES = [1, 2, 5];

export interface DispatchCell {
  readonly dispatch: Dispatch;
  readonly servers: number;
  readonly replicas: number;
  readonly utilization: number;
}

export interface CellResult {
  /** Service times that a request may take. */
  readonly threshold: number;
  readonly simulated: number;
  readonly halfWidth: number;
  readonly modelled: number;
}

export const RELATIVE_TOLERANCE = 0.15;
export const ABSOLUTE_TOLERANCE = 0.002;

export function compareCell(cell: DispatchCell, requests: number, seed: number): CellResult[] {
  const { dispatch, servers, replicas, utilization } = cell;
  const arrivalRateRps = utilization * servers * replicas;
  const answer = simulateReplicas(
    {
      dispatch,
      replicas,
      serversPerReplica: servers,
      interarrival: exponential(arrivalRateRps),
      service: exponential(1),
    },
    { seed, requests, warmUpRequests: requests / 10, thresholdsSeconds: SERVICE_TIMES },
  );
  const model = { dispatch, serversPerReplica: servers, serviceRateRps: 1 };
  return SERVICE_TIMES.map((threshold, i) => ({
    threshold,
    simulated: answer.lateProbabilities[i].mean,
    halfWidth: answer.lateProbabilities[i].halfWidth,
    modelled: lateProbability(model, arrivalRateRps, { replicas, seconds: threshold }),
  }));
}

/** Distance in tolerances: at most 1 is good. The simulation's half-width is given to the model. */
export function distance({ simulated, modelled, halfWidth }: CellResult): number {
  const tolerance = Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * simulated);
  return Math.max(0, Math.abs(modelled - simulated) - halfWidth) / tolerance;
}

function everyCell(): DispatchCell[] {
  return DISPATCHES.flatMap((dispatch) =>
    SERVERS.flatMap((servers) =>
      REPLICAS.flatMap((replicas) =>
        UTILIZATIONS.map((utilization) => ({ dispatch, servers, replicas, utilization })),
      ),
    ),
  );
}

function main(requests: number): void {
  console.log('dispatch k N utilization | t: simulated ± half-width, model, distance in tolerances');
  let cells = 0;
  let bad = 0;
  for (const cell of everyCell()) {
    cells += 1;
    const results = compareCell(cell, requests, cells);
    if (results.some((result) => distance(result) > 1)) bad += 1;
    const { dispatch, servers, replicas, utilization } = cell;
    console.log(`${dispatch} ${servers} ${replicas} ${utilization} | ${results.map(resultText).join(' | ')}`);
  }
  console.log(`${cells} cells, ${bad} outside of the tolerance`);
}

function resultText(result: CellResult): string {
  const percent = (ratio: number): string => (100 * ratio).toFixed(3);
  const { threshold, simulated, halfWidth, modelled } = result;
  return `${threshold}: ${percent(simulated)} ± ${percent(halfWidth)}, ${percent(modelled)}, ${distance(result).toFixed(2)}`;
}

if (process.argv[1]?.endsWith('dispatch-table.ts')) main(Number(process.argv[2] ?? 1e6));
