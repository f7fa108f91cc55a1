import { writeFile } from 'node:fs/promises';
import type { Comparison } from '../../replay/compare.ts';
import { createPlanRecorder, planCsv } from '../../replay/plan-rows.ts';
import { playAll, type ReplayWorld } from '../../replay/play.ts';

/** Plays the named policy once more and writes its desired replicas, a row for each change. */
export async function writePlan(
  file: string,
  policyName: string,
  { world, comparison }: { readonly world: ReplayWorld; readonly comparison: Comparison },
): Promise<void> {
  const policy = comparison.policies.find(({ name }) => name === policyName);
  if (policy === undefined) throw new RangeError(`writePlan: ${policyName} was not played`);
  const { rows, onStep } = createPlanRecorder();
  playAll(world, [policy.create()], { onStep });
  await writeFile(file, planCsv(rows));
}
