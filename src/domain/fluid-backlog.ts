/** What the fluid model needs to go on from one instant to the next. */
export interface FluidStep {
  readonly backlogRequests: number;
  readonly arrivalRateRps: number;
  /** What the servers that are ready complete when all are busy. */
  readonly capacityRps: number;
  readonly seconds: number;
  /** Nobody beyond these waits: the others were shed or have given up; Infinity where nobody ever does. */
  readonly mostWaitingRequests: number;
}

/**
 * Requests that wait after `seconds`: Q(t) = max(0, Q(0) + (lambda - c mu) t), the deterministic fluid limit of an
 * overloaded queue (Newell, Applications of Queueing Theory, ch. 2). 100 rps on 80 rps of capacity leave 1,200
 * waiting after a minute; at 60 rps they are served within the next. Never negative, and 0 while capacity suffices.
 */
export function fluidBacklogRequests(step: FluidStep): number {
  const excessRps = step.arrivalRateRps - step.capacityRps;
  const waiting = Math.max(0, step.backlogRequests + excessRps * step.seconds);
  return Math.min(waiting, step.mostWaitingRequests);
}
