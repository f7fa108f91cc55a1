/** A replayed world on its way to another thread: what is a function there is made again from its rows. */
import type { TimeSeries } from '../../../domain/time-series.ts';
import { loadPathFrom } from '../../../replay/load-path.ts';
import type { ReplayWorld } from '../../../replay/play.ts';

export interface PlainWorld extends Omit<ReplayWorld, 'path'> {
  readonly rows: TimeSeries;
}

export function plainWorld({ path, ...world }: ReplayWorld): PlainWorld {
  return { ...world, rows: path.rows };
}

export function worldOf({ rows, ...world }: PlainWorld): ReplayWorld {
  return { ...world, path: loadPathFrom(rows, world.physics) };
}
