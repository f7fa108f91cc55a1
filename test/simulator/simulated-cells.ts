/**
 * Simulated late shares of dispatch cells, kept in a file under .cache: hours of simulation that no change of a model
 * makes void. A run goes on where the one before ended; several may run at a time, each with its part of the cells.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A late share after `threshold` service times, with the half-width of its 95 % interval. */
export interface SimulatedLate {
  readonly threshold: number;
  readonly simulated: number;
  readonly halfWidth: number;
}

export interface SimulatedCells {
  /** The recorded answer of a cell, or the one of `simulate`, which is then recorded. */
  readonly of: (name: string, simulate: () => readonly SimulatedLate[]) => readonly SimulatedLate[];
  readonly has: (name: string) => boolean;
}

export function simulatedCells(file: string): SimulatedCells {
  mkdirSync(dirname(file), { recursive: true });
  const known = new Map<string, readonly SimulatedLate[]>();
  if (existsSync(file))
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const [name = '', ...cells] = line.split(',');
      known.set(name, cells.map(lateFrom));
    }
  return {
    has: (name) => known.has(name),
    of(name, simulate) {
      const before = known.get(name);
      if (before !== undefined) return before;
      const answer = simulate();
      known.set(name, answer);
      appendFileSync(file, `${[name, ...answer.map(lateText)].join(',')}\n`);
      return answer;
    },
  };
}

function lateText({ threshold, simulated, halfWidth }: SimulatedLate): string {
  return `${threshold}:${simulated}:${halfWidth}`;
}

function lateFrom(text: string): SimulatedLate {
  const [threshold = Number.NaN, simulated = Number.NaN, halfWidth = Number.NaN] = text
    .split(':')
    .map(Number);
  return { threshold, simulated, halfWidth };
}
