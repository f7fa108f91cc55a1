import type { FloorApi, FloorHolder, RaisedFloor } from '../../src/actuate/floor-api.ts';
import type { ScaleWrite } from '../../src/actuate/scale-api.ts';
import { workloadKey, type WorkloadRef } from '../../src/domain/workload.ts';

export const CHECKOUT: WorkloadRef = { namespace: 'shop', name: 'checkout' };

/** The HPA of the checkout: 2 to 20, as its owner wrote it. */
export function aHolder(overrides: Partial<FloorHolder> = {}): FloorHolder {
  return {
    kind: 'HorizontalPodAutoscaler',
    namespace: 'shop',
    name: 'web',
    targetKey: 'apps/Deployment/checkout',
    minReplicas: 2,
    maxReplicas: 20,
    raised: undefined,
    version: '41',
    ...overrides,
  };
}

/** The same once it was raised. */
export function aRaisedHolder(
  raised: Partial<RaisedFloor> = {},
  overrides: Partial<FloorHolder> = {},
): FloorHolder {
  const floor = { by: CHECKOUT, ownMinReplicas: 2, floorReplicas: 8, ...raised };
  return aHolder({ minReplicas: floor.floorReplicas, raised: floor, ...overrides });
}

export interface FakeFloors extends FloorApi {
  /** What was written, in order. */
  readonly calls: readonly string[];
}

export function createFakeFloors(
  holders: readonly FloorHolder[],
  outcomeOf: (call: string) => ScaleWrite = () => ({ kind: 'applied' }),
): FakeFloors {
  const calls: string[] = [];
  const wrote = (call: string): Promise<ScaleWrite> => {
    calls.push(call);
    return Promise.resolve(outcomeOf(call));
  };
  return {
    calls,
    holderOf: () => holders[0],
    raisedHolders: () => holders.filter(({ raised }) => raised !== undefined),
    protect: (workload) => wrote(`protect ${workloadKey(workload)}`),
    raise: ({ name }, { floorReplicas, ownMinReplicas }) =>
      wrote(`raise ${name} to ${floorReplicas}, own ${ownMinReplicas}`),
    restore: ({ name }, ownMinReplicas) => wrote(`restore ${name} to ${ownMinReplicas}`),
  };
}
