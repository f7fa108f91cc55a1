/** What says how far a decision looks. */
export interface DecisionTimes {
  /** How old the newest usable sample is, in seconds. */
  readonly delaySeconds: number;
  /** Until a replica that is asked for now serves, in seconds. */
  readonly leadTimeSeconds: number;
  readonly stepSeconds: number;
}

/**
 * How many steps of a forecast, from its first on, a decision is sized for: the newest slot is up to a step + the delay
 * old when it is decided on, and the decision looks as far as the lead time (start-up + tick) and one step more.
 */
export function decisionSteps({ delaySeconds, leadTimeSeconds, stepSeconds }: DecisionTimes): number {
  return Math.ceil((delaySeconds + leadTimeSeconds + 2 * stepSeconds) / stepSeconds);
}
