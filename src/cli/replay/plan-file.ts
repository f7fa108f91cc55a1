import { writeFile } from 'node:fs/promises';
import { isoFromMs } from '../../domain/clock.ts';
import type { Comparison } from '../../replay/compare.ts';
import { playAll, type ReplayWorld } from '../../replay/play.ts';

/** Plays the named policy once more and writes its desired replicas, a row for each change. */
export async function writePlan(
  file: string,
  policyName: string,
  { world, comparison }: { readonly world: ReplayWorld; readonly comparison: Comparison },
): Promise<void> {
  const policy = comparison.policies.find(({ name }) => name === policyName);
  if (policy === undefined) throw new RangeError(`writePlan: ${policyName} was not played`);
  const rows: string[] = ['timestamp,replicas'];
  let last = -1;
  playAll(world, [policy.create()], {
    onStep(_name, { desiredReplicas }, { startMs }) {
      if (desiredReplicas !== last) rows.push(`${isoFromMs(startMs)},${desiredReplicas}`);
      last = desiredReplicas;
    },
  });
  await writeFile(file, `${rows.join('\n')}\n`);
}
