/** Overload as a fluid: what arrives above capacity waits, and is worked off when capacity is above what arrives. */

export interface FluidFlow {
  readonly arrivalRateRps: number;
  readonly capacityRps: number;
  readonly seconds: number;
}

/** Requests that wait after `seconds`: max(0, backlog + (arrival rate - capacity) * seconds). */
export function backlogAfter(backlogRequests: number, flow: FluidFlow): number {
  return Math.max(0, backlogRequests + (flow.arrivalRateRps - flow.capacityRps) * flow.seconds);
}
