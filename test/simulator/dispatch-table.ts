/**
 * The dispatch models against simulation, a line for each cell:
 *   npx tsx test/simulator/dispatch-table.ts [--part 1/2]
 * A cell is good where the model is within 15 % or 0.2 percentage points of P(T > t), give or take the simulation's
 * own 95 % interval, which is made small against that. What was simulated is kept in .cache/dispatch-simulation.csv, so
 * that a second run takes seconds; the table goes to .cache/dispatch-table.txt. `--part` simulates a share of the
 * cells and writes no table.
 */
import { writeFileSync } from 'node:fs';
import { DISPATCHES } from '../../src/policy/policy.ts';
import type { Dispatch } from '../../src/policy/policy.ts';
import { lateProbability } from '../../src/size/dispatch.ts';
import { exponential } from './distributions.ts';
import { simulateReplicas } from './simulate-replicas.ts';
import { simulatedCells } from './simulated-cells.ts';
import type { SimulatedLate } from './simulated-cells.ts';

/** The approximations first: they are what one waits for. */
const SIMULATED_FIRST: readonly Dispatch[] = [
  'LeastRequests',
  'PowerOfTwo',
  'RoundRobin',
  'Random',
  'Central',
];
const SERVERS = [1, 4, 10, 50];
const REPLICAS = [2, 5, 10, 30, 75, 200];
const UTILIZATIONS = [0.5, 0.7, 0.8, 0.9, 0.95];
const SERVICE_TIMES = [1, 2, 5];

const SIMULATION_FILE = '.cache/dispatch-simulation.csv';
const TABLE_FILE = '.cache/dispatch-table.txt';
const FEWEST_REQUESTS = 1e6;
const MOST_REQUESTS = 64e6;
/** A simulation goes on until its half-width is at most this share of the tolerance. */
const WIDTH_RATIO = 0.2;
/** Batches of fewer relaxation times are not independent, and their interval is too narrow. */
const RELAXATIONS_PER_RUN = 64;

export interface DispatchCell {
  readonly dispatch: Dispatch;
  readonly servers: number;
  readonly replicas: number;
  readonly utilization: number;
}

/** `threshold`: service times that a request may take. */
export interface CellResult extends SimulatedLate {
  readonly modelled: number;
}

export const RELATIVE_TOLERANCE = 0.15;
export const ABSOLUTE_TOLERANCE = 0.002;

export function compareCell(cell: DispatchCell, requests: number, seed: number): CellResult[] {
  return withModel(cell, simulateCell(cell, requests, seed));
}

function simulateCell(cell: DispatchCell, requests: number, seed: number): SimulatedLate[] {
  const { dispatch, servers, replicas, utilization } = cell;
  const answer = simulateReplicas(
    {
      dispatch,
      replicas,
      serversPerReplica: servers,
      interarrival: exponential(utilization * servers * replicas),
      service: exponential(1),
    },
    { seed, requests, warmUpRequests: requests / 10, thresholdsSeconds: SERVICE_TIMES },
  );
  return SERVICE_TIMES.map((threshold, i) => ({
    threshold,
    simulated: answer.lateProbabilities[i].mean,
    halfWidth: answer.lateProbabilities[i].halfWidth,
  }));
}

function withModel(cell: DispatchCell, simulated: readonly SimulatedLate[]): CellResult[] {
  const { dispatch, servers, replicas, utilization } = cell;
  const model = { dispatch, serversPerReplica: servers, serviceRateRps: 1 };
  const arrivalRateRps = utilization * servers * replicas;
  return simulated.map((each) => ({
    ...each,
    modelled: lateProbability(model, arrivalRateRps, { replicas, seconds: each.threshold }),
  }));
}

/** Four times the requests as long as the interval is wide. */
function simulateNarrowly(cell: DispatchCell, seed: number): SimulatedLate[] {
  let requests = Math.max(FEWEST_REQUESTS, RELAXATIONS_PER_RUN * relaxationRequests(cell));
  for (;;) {
    const late = simulateCell(cell, requests, seed);
    const isNarrow = late.every((each) => each.halfWidth <= WIDTH_RATIO * toleranceOf(each));
    if (isNarrow || requests * 4 > MOST_REQUESTS) return late;
    requests *= 4;
  }
}

/** Requests that arrive while one queue forgets its state: 1 / (k (1 - sqrt(rho))^2) service times. */
function relaxationRequests({ dispatch, replicas, utilization }: DispatchCell): number {
  const queues = dispatch === 'Random' || dispatch === 'RoundRobin' ? replicas : 1;
  return (queues * utilization) / (1 - Math.sqrt(utilization)) ** 2;
}

function toleranceOf({ simulated }: SimulatedLate): number {
  return Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * simulated);
}

/** Distance in tolerances: at most 1 is good. The simulation's half-width is given to the model. */
export function distance(result: CellResult): number {
  const { simulated, modelled, halfWidth } = result;
  return Math.max(0, Math.abs(modelled - simulated) - halfWidth) / toleranceOf(result);
}

function everyCell(): DispatchCell[] {
  return SIMULATED_FIRST.flatMap((dispatch) =>
    SERVERS.flatMap((servers) =>
      REPLICAS.flatMap((replicas) =>
        UTILIZATIONS.map((utilization) => ({ dispatch, servers, replicas, utilization })),
      ),
    ),
  );
}

function nameOf({ dispatch, servers, replicas, utilization }: DispatchCell): string {
  return `${dispatch} ${servers} ${replicas} ${utilization}`;
}

function simulatePart(part: number, parts: number): void {
  const known = simulatedCells(SIMULATION_FILE);
  everyCell().forEach((cell, index) => {
    if (index % parts !== part - 1) return;
    known.of(nameOf(cell), () => simulateNarrowly(cell, index + 1));
  });
}

function writeTable(): void {
  const known = simulatedCells(SIMULATION_FILE);
  const lines = [
    'dispatch, servers of a replica, replicas, utilization | late after so many service times:',
    'simulated % ± half-width, model, distance in tolerances',
  ];
  const summary: string[] = [];
  for (const dispatch of DISPATCHES) {
    const cells = everyCell().filter((cell) => cell.dispatch === dispatch && known.has(nameOf(cell)));
    const results = cells.map((cell) =>
      withModel(
        cell,
        known.of(nameOf(cell), () => []),
      ),
    );
    cells.forEach((cell, i) => lines.push([nameOf(cell), ...results[i].map(resultText)].join(' | ')));
    const far = results.map((each) => Math.max(...each.map(distance)));
    const worst = Math.max(...far);
    const outside = far.filter((each) => each > 1).length;
    const where = cells.length > 0 ? nameOf(cells[far.indexOf(worst)]) : '';
    summary.push(
      `${dispatch}: ${cells.length} cells, ${outside} outside, worst ${worst.toFixed(2)} (${where})`,
    );
  }
  writeFileSync(TABLE_FILE, `${[...lines, '', ...summary].join('\n')}\n`);
  console.log([...summary, `every cell: ${TABLE_FILE}`].join('\n'));
}

function resultText(result: CellResult): string {
  const percent = (ratio: number): string => (100 * ratio).toFixed(3);
  const { threshold, simulated, halfWidth, modelled } = result;
  return `${threshold}: ${percent(simulated)} ± ${percent(halfWidth)}, ${percent(modelled)}, ${distance(result).toFixed(2)}`;
}

if (process.argv[1]?.endsWith('dispatch-table.ts')) {
  const [part = 1, parts = 1] = (process.argv[3] ?? '1/1').split('/').map(Number);
  simulatePart(part, parts);
  if (parts === 1) writeTable();
}
