import { writeFile } from 'node:fs/promises';
import { isoFromMs } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { Comparison } from '../../replay/compare.ts';
import { playAll, type ReplayWorld } from '../../replay/play.ts';

/** Plays the named policy once more and writes its desired replicas, a row for each change. */
export async function writePlan(
  file: string,
  policyName: string,
  { world, comparison }: { readonly world: ReplayWorld; readonly comparison: Comparison },
): Promise<void> {
  const policy = comparison.policies.find(({ name }) => name === policyName);
  if (policy === undefined) throw unknownPlanPolicy(policyName, comparison);
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

function unknownPlanPolicy(got: string, { policies }: Comparison): PrescaleError {
  const names = policies.map(({ name }) => name).join(', ');
  return new PrescaleError('usage', `--plan-policy: got "${got}", allowed: ${names}`);
}
