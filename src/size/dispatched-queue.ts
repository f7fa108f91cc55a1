/** Steady state of all replicas together, as a request sees it. */
export interface DispatchedQueue {
  readonly waitProbability: number;
  readonly meanWaitSeconds: number;
  /** P(T > seconds); who was shed or gave up counts as late. */
  readonly responseTail: (seconds: number) => number;
}

export interface LosslessQueue extends DispatchedQueue {
  /** P(Wq > seconds). */
  readonly waitTail: (seconds: number) => number;
}
