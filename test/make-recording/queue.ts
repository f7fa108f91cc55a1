/** What the shop's servers make of a rate of arrivals over a few seconds: queue, busy servers, answers, give-ups. */

export interface QueueInput {
  readonly arrivalRateRps: number;
  readonly servers: number;
  readonly serviceRateRps: number;
  /** Requests waiting at the start. */
  readonly waitingRequests: number;
  readonly seconds: number;
}

export interface QueueOutcome {
  /** Requests waiting at the end. */
  readonly waitingRequests: number;
  readonly meanWaitingRequests: number;
  readonly meanBusyServers: number;
  readonly answeredRps: number;
  /** Arrivals = answered + gave up + growth of the line: nothing is lost, nothing invented. */
  readonly gaveUpRps: number;
}

/** Clients give up after this long on average. */
export const PATIENCE_SECONDS = 4;

/**
 * M/M/c where there is capacity, a fluid with impatient clients where there is not: the waiting line follows
 * dQ/dt = arrivals - capacity - Q / patience (solved exactly over the span), and is never shorter than the line
 * that M/M/c has at rest: `steadyWaitingRequests`, Infinity where there is no rest. At critical load the line of
 * M/M/c+M is at most half-normal with variance capacity * patience (Garnett, Mandelbaum & Reiman 2002).
 */
export function serveFor(
  input: QueueInput,
  steadyWaitingRequests: (input: QueueInput) => number,
): QueueOutcome {
  const { arrivalRateRps, waitingRequests: before, seconds } = input;
  const capacityRps = input.servers * input.serviceRateRps;
  const critical = Math.sqrt((2 / Math.PI) * capacityRps * PATIENCE_SECONDS);
  const atRest = Math.min(critical, steadyWaitingRequests(input));
  const drift = (arrivalRateRps - capacityRps) * PATIENCE_SECONDS;
  const fluid = drift + (before - drift) * Math.exp(-seconds / PATIENCE_SECONDS);
  const waitingRequests = Math.max(atRest, fluid);
  const meanWaitingRequests = (before + waitingRequests) / 2;
  const leftRps = arrivalRateRps - (waitingRequests - before) / seconds;
  const answeredRps = Math.min(capacityRps, Math.max(0, leftRps - meanWaitingRequests / PATIENCE_SECONDS));
  return {
    waitingRequests,
    meanWaitingRequests,
    meanBusyServers: answeredRps / input.serviceRateRps,
    answeredRps,
    gaveUpRps: leftRps - answeredRps,
  };
}
