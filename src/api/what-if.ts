import type { Decision, DecisionMemory } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { LiveHistory } from '../domain/live-history.ts';
import type { Observation } from '../domain/observation.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { Policy } from '../policy/policy.ts';

/** How many run, as the question has it. */
export interface AskedReplicas {
  readonly currentReplicas: number;
  readonly readyReplicas: number;
  readonly rollingOut: boolean;
}

/** "What would you decide?" for a workload that need not exist. */
export interface WhatIfQuestion {
  readonly policy: Policy;
  readonly nowMs: number;
  readonly tickSeconds: number;
  /** An observation as it is, or arrival rates to observe and to forecast from, as the loop does. */
  readonly seen:
    | { readonly kind: 'observation'; readonly observation: Observation }
    | {
        readonly kind: 'samples';
        readonly history: TimeSeries;
        readonly replicas: AskedReplicas;
        readonly backlogRequests: number;
        /** What the service rate is learned from, on the arrival rates' grid. */
        readonly work: Partial<Record<'throughput' | 'busySlots', TimeSeries>>;
        /** On the same grid; undefined: nothing is known beside the arrival rates. */
        readonly live?: LiveHistory | undefined;
        readonly dependencies: Observation['dependencies'];
      };
  /** undefined: of the models where there are samples, none where there are not. */
  readonly forecast: ForecastResult | undefined;
  /** undefined: that of a controller that has watched for long enough, with nothing pending. */
  readonly memory: DecisionMemory | undefined;
}

/** Pure: the very functions that the loop decides with, and nothing is written anywhere. */
export type WhatIf = (question: WhatIfQuestion) => Decision;
