import { durationFromSeconds } from '../../domain/duration.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { Policy } from '../../policy/policy.ts';

/** Says on standard error which start-up time a policy without its own is played with, where there are no pods to learn from. */
export function tellAssumedStartup({ workload, capacity }: Policy): void {
  if (!capacity.learnsStartup) return;
  const assumed = durationFromSeconds(capacity.startupSeconds);
  process.stderr.write(
    `policy ${workloadKey(workload)}: gives no capacity.startupTime, and there are no pods here to learn it from; ` +
      `${assumed} is assumed\n`,
  );
}
