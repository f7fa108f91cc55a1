/** The load that both see, and what goes wrong meanwhile, sync by sync. */
import { createRandom } from '../../../src/domain/random.ts';

export type Trouble =
  /** The metrics API fails. */
  | 'down'
  /** Of a third of the pods nothing comes. */
  | 'missing'
  /** Pods that are made now take three minutes to become ready. */
  | 'slow'
  /** Pods that are made now take more than five. */
  | 'verySlow';

export interface LoadPoint {
  readonly rateRps: number;
  readonly trouble: Trouble | undefined;
}

/** So many syncs, from one rate to another. */
type Stretch = readonly [syncs: number, fromRps: number, toRps: number, trouble?: Trouble];

const NOISE_RATIO = 0.06;

/** Two hours. */
const LONG: readonly Stretch[] = [
  [20, 140, 140],
  [40, 140, 330],
  [15, 330, 330],
  [6, 330, 330, 'missing'],
  [35, 110, 110],
  [8, 110, 110, 'missing'],
  [4, 300, 300],
  [20, 300, 300, 'slow'],
  [26, 120, 120],
  [4, 120, 200, 'down'],
  [20, 200, 200],
  [24, 200, 200, 'down'],
  [12, 90, 90],
  [30, 90, 280, 'slow'],
  [10, 280, 280, 'missing'],
  [50, 280, 80],
  [10, 80, 80, 'missing'],
  [6, 240, 240, 'verySlow'],
  [34, 240, 240],
  [30, 100, 100],
  [3, 100, 100, 'down'],
  [10, 260, 130],
  [20, 130, 210],
  [8, 210, 210, 'missing'],
  [35, 210, 70],
  [15, 320, 320],
];

/** All of it in a little more than two stabilization windows. */
const SHORT: readonly Stretch[] = [
  [2, 140, 140],
  [2, 210, 210],
  [2, 210, 210, 'missing'],
  [1, 210, 210, 'down'],
  [2, 70, 70],
  [2, 70, 70, 'missing'],
  [15, 70, 70],
  [2, 60, 60, 'missing'],
  [3, 200, 200],
];

export function virtualLoad(length: 'long' | 'short', seed: number): readonly LoadPoint[] {
  const random = createRandom(seed);
  return (length === 'long' ? LONG : SHORT).flatMap(([syncs, fromRps, toRps, trouble]) =>
    Array.from({ length: syncs }, (_, i) => {
      const rateRps = fromRps + ((toRps - fromRps) * i) / syncs;
      return { rateRps: rateRps * (1 + NOISE_RATIO * (2 * random() - 1)), trouble };
    }),
  );
}
