import type { ObjectivePrice } from '../domain/objective-account.ts';
import type { Overshoot } from '../domain/overshoot.ts';
import type { DependencyLimit, SizingTrace } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';
import type { KnownNeeds } from './known-needs.ts';
import type { SizingStep } from './window-loads.ts';

export interface SizingInput {
  readonly basis: SizingTrace['basis'];
  /** Ascending in time, at least one: every step from now until lead time + one step. */
  readonly window: readonly SizingStep[];
  /** The steps after the window, ascending, as far as they are known. */
  readonly horizon?: readonly SizingStep[] | undefined;
  readonly policy: Pick<Policy, 'capacity' | 'slo' | 'cost' | 'chaos' | 'maxReplicas' | 'forecast'>;
  /** Seconds from now until a replica asked for now serves: start-up + tick. */
  readonly leadTimeSeconds: number;
  /** Of one server (slot), as observed. */
  readonly serviceRateRps: number;
  readonly currentReplicas: number;
  /** Of the current ones, those that do not serve yet. */
  readonly startingReplicas: number;
  readonly backlogRequests: number;
  /** The dependency with the least room; absent: none limits. */
  readonly dependencyLimit?: DependencyLimit | undefined;
  /** Where the policy gives no prices: weighs what an uncertain load may bring. Absent: the objective holds over all of it. */
  readonly objectivePrice?: ObjectivePrice | undefined;
  /** What the window was widened by, for the trace. */
  readonly overshoot?: Overshoot | undefined;
  /** Saves finding again what was found for the same steps; changes no answer. */
  readonly knownNeeds?: KnownNeeds | undefined;
}
