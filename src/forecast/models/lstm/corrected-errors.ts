import { type ErrorPool, errorPool } from '../../error-pool.ts';
import { type PastPaths, pathByPath } from '../../past-paths.ts';
import type { History } from '../../history.ts';
import type { ScaledPath } from '../../path-distribution.ts';
import type { RateScale } from '../../scale.ts';
import type { CorrectedPath } from './correction-memory.ts';
import { expectedError } from './network-inputs.ts';

/** The path with `trust` (0..1) of the correction. */
export function scaledPath({ base, corrections }: CorrectedPath, trust: number): ScaledPath {
  const forecasts = base.forecasts.map(
    (forecast, step) => forecast + trust * corrections[step].shift * expectedError(base, step),
  );
  return { forecasts, sizes: base.sizes };
}

export function correctedPaths(scale: RateScale, past: readonly CorrectedPath[], trust: number): PastPaths {
  const steps = past[0]?.base.forecasts.length ?? 0;
  const forecasts = new Float64Array(past.length * steps);
  const sizes = new Float64Array(past.length * steps);
  past.forEach((one, index) => {
    const path = scaledPath(one, trust);
    forecasts.set(path.forecasts, index * steps);
    sizes.set(path.sizes, index * steps);
  });
  const origins = Int32Array.from(past, ({ origin }) => origin);
  return { scale, steps, ...pathByPath(steps), origins, forecasts, sizes };
}

interface KeptPool {
  readonly trust: number;
  readonly past: readonly CorrectedPath[];
  readonly actualsRps: Float64Array;
  readonly pool: ErrorPool;
}

/** Sorted errors per step, sorted again only where a path, the trust or an actual is another one. */
export class PoolMemory {
  #kept: KeptPool[] = [];

  pools(
    paths: PastPaths,
    past: readonly CorrectedPath[],
    trust: number,
    history: History,
  ): readonly ErrorPool[] {
    this.#kept = Array.from({ length: paths.steps }, (_, step) => {
      const actualsRps = actualsOf(paths.origins, step, history);
      const kept = this.#kept[step];
      if (kept?.trust === trust && sameItems(kept.past, past) && sameNumbers(kept.actualsRps, actualsRps))
        return kept;
      return { trust, past, actualsRps, pool: errorPool(paths, step, history) };
    });
    return this.#kept.map(({ pool }) => pool);
  }
}

function actualsOf(origins: Int32Array, step: number, { firstSlot, ratesRps }: History): Float64Array {
  return Float64Array.from(origins, (origin) => ratesRps[origin + step - firstSlot] ?? Number.NaN);
}

function sameItems(a: readonly object[], b: readonly object[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
