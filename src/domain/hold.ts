/** Why less was written than was decided: the fleet's own safety, over and above each workload's guards. */
export const HOLD_REASONS = {
  Stopped: 'A person has stopped all writes.',
  FleetWarmingUp: 'The workload has not been measured for long enough since the controller started.',
  FleetRemovalLimit: 'The fleet has lost as large a share of its replicas as it may without a person.',
  FleetHalvingLimit: 'As many workloads have lost half of their replicas as may without a person.',
  FleetAdditionLimit: 'As many replicas have been added to the fleet as may without a person.',
  HookFailed: 'The hook that is asked before replicas are removed has not agreed.',
  CalleeNotScaled: 'What this workload calls could not be given its replicas: more would only overrun it.',
  CallerNotScaled: 'What calls this workload has kept its replicas: it is still being called.',
} as const;
export type HoldReason = keyof typeof HOLD_REASONS;

export interface Hold {
  readonly reason: HoldReason;
  /** One sentence with the numbers. */
  readonly message: string;
}
