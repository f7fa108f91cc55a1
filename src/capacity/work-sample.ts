/**
 * The capacity room: what a replica can do, learned from what it was seen doing. The service rate comes from
 * completions and busy servers (utilization law, X = mu * busy), never from response times, which hold the waiting
 * too and would drag the rate down under load. How capacity grows with replicas comes from completions against
 * counts (Universal Scalability Law). Each figure carries its 95 % interval, and what the data cannot tell is refused
 * with a reason. Pure.
 */

/** What was done in one slot. */
export interface WorkSample {
  /** End of the slot. */
  readonly atMs: number;
  /** Requests completed per second. */
  readonly throughputRps: number;
  /** Mean number of servers at work. At least one of the two is above 0. */
  readonly busyServers: number;
}
