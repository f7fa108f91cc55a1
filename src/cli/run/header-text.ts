import { durationFromSeconds } from '../../domain/duration.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { Paired } from './pair-sources.ts';
import type { RunPlan } from './plan-run.ts';

/** The first lines of a run, for people: what is looked after, from where, when and how fast. */
export function headerText(
  paired: readonly Paired[],
  plan: RunPlan,
  { tickSeconds, url }: { readonly tickSeconds: number; readonly url: string },
): string {
  const lines = [
    `dry run of ${paired.length} ${paired.length === 1 ? 'policy' : 'policies'}, a decision every ${durationFromSeconds(tickSeconds)}; nothing is written`,
    ...paired.flatMap((one, index) => policyLines(one, plan, index)),
    ...(plan.isSideBySide ? ['recordings of different times play side by side, each in its own time'] : []),
    `API on ${url}`,
  ];
  return `${lines.join('\n')}\n`;
}

function policyLines({ policy, recording, description }: Paired, plan: RunPlan, index: number): string[] {
  const from =
    recording === undefined ? `Prometheus ${policy.metrics.source}` : `recording ${recording.name}`;
  const said = description === undefined ? [] : [`  ${description}`];
  return [`  ${workloadKey(policy.workload)}: ${from}, ${spanText(plan, index)}`, ...said];
}

function spanText({ speed, firstAtMs, lastAtMs, attendances, isSideBySide }: RunPlan, index: number): string {
  if (speed === null) return 'live';
  const own = isSideBySide ? attendances[index] : { firstAtMs, lastAtMs };
  const pace = speed === 'max' ? 'as fast as it goes' : `${speed} times real time`;
  return `${isoFromMs(own.firstAtMs)} to ${isoFromMs(own.lastAtMs)}, ${pace}`;
}
