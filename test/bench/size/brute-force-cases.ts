import { createRandom } from '../../../src/domain/random.ts';
import { planReplicas, type PlanStep } from '../../../src/size/horizon-plan.ts';
import { answerSize } from '../../../src/size/queueing-answer.ts';
import { lateByCount } from './offline-optimum.ts';

/** Two costs that differ by less are the same but for rounding. */
const ROUNDING = 1e-11;
const MOST_LEVELS = 4;

/** Random M/M/c cases (loads of 0.05 to 500 erlangs) in which some other stable count costs less than the chosen one. */
export function beatenCounts(cases: number, seed: number): number {
  const random = createRandom(seed);
  const between = (low: number, high: number): number => low * (high / low) ** random();
  let beaten = 0;
  for (let i = 0; i < cases; i += 1) {
    const serviceRateRps = between(0.1, 1000);
    const given = {
      arrivalRateRps: between(0.05, 500) * serviceRateRps,
      serviceRateRps,
      sloSeconds: between(0.2, 20) / serviceRateRps,
      perReplicaHour: between(0.001, 10),
      perViolation: between(1e-9, 0.1),
    };
    if (isCountBeaten(given)) beaten += 1;
  }
  return beaten;
}

interface Case {
  readonly arrivalRateRps: number;
  readonly serviceRateRps: number;
  readonly sloSeconds: number;
  readonly perReplicaHour: number;
  readonly perViolation: number;
}

function isCountBeaten(given: Case): boolean {
  const { arrivalRateRps, serviceRateRps, sloSeconds, perReplicaHour, perViolation } = given;
  const { replicas } = answerSize({ ...given, serversPerReplica: 1, dispatch: 'Central', minReplicas: 1 });
  const lowest = Math.floor(arrivalRateRps / serviceRateRps) + 1;
  const most = 4 * replicas + 20;
  const late = lateByCount(arrivalRateRps, { serviceRateRps, sloSeconds }, most);
  const cost = (count: number): number => (count * perReplicaHour) / 3600 + perViolation * late[count];
  const chosen = cost(replicas) * (1 - ROUNDING);
  for (let count = lowest; count <= most; count += 1) if (cost(count) < chosen) return true;
  return false;
}

/** Random plans (1 to 4 steps, up to 4 replicas) in which some other path that keeps the floors is worth more. */
export function beatenPaths(cases: number, seed: number): number {
  const random = createRandom(seed);
  let beaten = 0;
  for (let i = 0; i < cases; i += 1) {
    const surpluses = Array.from({ length: 1 + Math.floor(4 * random()) }, () => fallingSurplus(random));
    const floors = surpluses.map(() => 1 + Math.floor(2 * random()));
    const perStart = random() < 0.2 ? 0 : 8 * random();
    const startReplicas = Math.floor((MOST_LEVELS + 1) * random());
    const steps = surpluses.map((surplus, k): PlanStep => ({
      need: Math.max(floors[k], surplus.filter((value) => value > 0).length),
      floor: floors[k],
      surplusPerSecond: (replicas) => surplus[replicas],
    }));
    const plan = planReplicas(steps, { stepSeconds: 1, perStart, startReplicas });
    const value = (path: readonly number[]): number => valueOf(path, { steps, perStart, startReplicas });
    const chosen = value(plan) + 1e-9;
    if (everyPath(floors).some((path) => value(path) > chosen)) beaten += 1;
  }
  return beaten;
}

function fallingSurplus(random: () => number): number[] {
  let value = -2 + 8 * random();
  return Array.from({ length: MOST_LEVELS }, () => {
    const before = value;
    value -= 4 * random();
    return before;
  });
}

function everyPath(floors: readonly number[]): number[][] {
  return floors.reduce<number[][]>(
    (paths, floor) =>
      paths.flatMap((path) =>
        Array.from({ length: MOST_LEVELS - floor + 1 }, (_, i) => [...path, floor + i]),
      ),
    [[]],
  );
}

/** Surpluses less starts; what the last step needs is needed after it, and worth its start there. */
function valueOf(
  path: readonly number[],
  given: { readonly steps: readonly PlanStep[]; readonly perStart: number; readonly startReplicas: number },
): number {
  const { steps, perStart, startReplicas } = given;
  let value = perStart * Math.min(path[path.length - 1], steps[steps.length - 1].need);
  let before = startReplicas;
  path.forEach((count, k) => {
    for (let level = 0; level < count; level += 1) value += steps[k].surplusPerSecond(level);
    value -= perStart * Math.max(0, count - before);
    before = count;
  });
  return value;
}
