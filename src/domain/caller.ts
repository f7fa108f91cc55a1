/** A workload whose load becomes load of another. */
export interface Caller {
  readonly name: string;
  /** Requests that each request to it causes. */
  readonly ratio: number;
}

/** A caller as it was seen when its callee was decided for. */
export interface CallerReading extends Caller {
  /** Requests per second that arrive there now, with what its own callers cause; null: not known. */
  readonly arrivalRateRps: number | null;
}

/** Requests per second that all callers together cause; what is not known counts as nothing. */
export function causedRps(callers: readonly CallerReading[]): number {
  return callers.reduce((sum, { ratio, arrivalRateRps }) => sum + ratio * (arrivalRateRps ?? 0), 0);
}
