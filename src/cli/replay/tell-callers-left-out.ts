import { workloadKey } from '../../domain/workload.ts';
import type { Policy } from '../../policy/policy.ts';

/** Says on standard error that what a workload's callers will ask is not in what is played of it alone. */
export function tellCallersLeftOut({ workload, callers }: Policy): void {
  if (callers === undefined) return;
  process.stderr.write(
    `policy ${workloadKey(workload)}: is played by itself; what its callers (spec.dependsOn) will ask is not in it\n`,
  );
}
