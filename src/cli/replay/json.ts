import { isoFromMs } from '../../domain/clock.ts';
import type { PairedIntervals } from '../../replay/bootstrap.ts';
import type { ComparedPolicy, Comparison } from '../../replay/compare.ts';
import { equalSlo } from '../../replay/equal-slo.ts';
import type { RequirementVerdict } from '../../replay/requirement.ts';
import type { Verdict } from '../../replay/verdict.ts';

export interface ReplayReport {
  readonly recording: string;
  readonly stepSeconds: number;
  readonly currency: string;
  readonly comparison: Comparison;
  /** By policy: how the controller's figures relate to it; absent under three days. */
  readonly intervals: ReadonlyMap<string, PairedIntervals>;
  readonly verdict: Verdict;
  readonly requirements: readonly RequirementVerdict[];
}

export function replayJson({ recording, stepSeconds, comparison, ...report }: ReplayReport): object {
  const { policies } = comparison;
  return {
    recording,
    stepSeconds,
    policies: Object.fromEntries(
      policies.map((policy) => [policy.name, policyJson(policy, report.intervals.get(policy.name))]),
    ),
    equalSlo: equalSlo(comparison),
    verdict: report.verdict,
    requirements: report.requirements,
  };
}

function policyJson(
  { setting, score, worstEpisode }: ComparedPolicy,
  prescaleAgainstIt: PairedIntervals | undefined,
): object {
  return {
    ...(setting !== '' && { setting }),
    ...score,
    ...(worstEpisode && {
      worstEpisode: {
        at: isoFromMs(worstEpisode.startMs),
        seconds: worstEpisode.seconds,
        lateRequests: worstEpisode.lateRequests,
      },
    }),
    ...(prescaleAgainstIt && { prescaleAgainstIt }),
  };
}
