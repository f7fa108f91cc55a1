import { createScalerByMode } from '../../../actuate/by-mode.ts';
import type { FloorApi } from '../../../actuate/floor-api.ts';
import { createFloorScaler, NO_HOLDER } from '../../../actuate/floor.ts';
import { createScaleSubresourceScaler } from '../../../actuate/scale-subresource.ts';
import type { ApiClient } from '../../../cluster/api-client.ts';
import { callsInTurn } from '../../../cluster/calls-in-turn.ts';
import { conflictWith } from '../../../cluster/conflicting-autoscalers.ts';
import { createFloorApi } from '../../../cluster/floor-api.ts';
import { createResourceDiscovery } from '../../../cluster/resource-discovery.ts';
import { createScaleApi } from '../../../cluster/scale-api.ts';
import type { TargetCopies } from '../../../cluster/target-copies.ts';
import type { Ownership } from '../../../control/shards/ownership.ts';
import type { Clock } from '../../../domain/clock.ts';
import { workloadKey, type WorkloadRef } from '../../../domain/workload.ts';
import type { Policy } from '../../../policy/policy.ts';
import type { Logger } from '../../../telemetry/logger.ts';
import { keepFindings, type Findings } from './findings.ts';
import { keepHooks, type KeptHooks } from './keep-hooks.ts';
import { keptStarts } from './kept-starts.ts';
import { createStartupLearner, type StartupLearner } from './learn-startups.ts';
import type { ClusterWatch } from './watch-cluster.ts';

export interface ScalingDeps {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly targets: TargetCopies;
  readonly watch: ClusterWatch;
  readonly ownership: Ownership;
  readonly logger: Logger;
  readonly onFault: (message: string) => void;
}

/** What writes counts, and what has been seen by it. */
export interface Scaling {
  readonly hooks: KeptHooks;
  readonly floors: FloorApi;
  readonly startups: StartupLearner;
  readonly findings: Findings;
  /** Of a workload that is no longer looked after. */
  forget(workload: WorkloadRef): void;
}

/** Of the connections to the API server as many may be taken by reading and writing targets. */
const TARGETS_AT_A_TIME = 24;

/** Each part around the one before it. */
export function assembleScaling(deps: ScalingDeps): Scaling {
  const { client, clock, targets, watch, ownership, logger, onFault } = deps;
  const conflictOf = (policy: Policy): string | undefined =>
    conflictWith(policy, watch.autoscalersOn(policy));
  const api = createScaleApi(
    callsInTurn(client, TARGETS_AT_A_TIME),
    createResourceDiscovery(client),
    targets,
  );
  const writing = { leadership: ownership, refusal: conflictOf };
  const hooks = keepHooks({ logger, ...writing });
  const scale = createScaleSubresourceScaler({ api, ...writing });
  const floors = createFloorApi(
    client,
    () => watch.autoscalers(),
    (policy) => watch.autoscalersOn(policy),
  );
  const floor = createFloorScaler({ target: scale, floors, ...writing });
  const startups = createStartupLearner(createScalerByMode({ floor, scale }), {
    client,
    clock,
    stored: (policy) => keptStarts(policy, watch.predictiveAutoscaler(workloadKey(policy.workload))),
    onFault,
  });
  const findings = keepFindings(startups.scaler, {
    conflictOf,
    lacksHolder: (policy) => (floors.holderOf(policy) ? undefined : NO_HOLDER),
  });
  const forget = (workload: WorkloadRef): void => {
    const key = workloadKey(workload);
    scale.forget(workload);
    startups.forget(key);
    findings.forget(key);
  };
  return { hooks, floors, startups, findings, forget };
}
