import { isoFromMs } from '../../domain/clock.ts';
import type { PairedIntervals } from '../../replay/bootstrap.ts';
import type { ComparedPolicy, Comparison } from '../../replay/compare.ts';
import { equalSlo } from '../../replay/equal-slo.ts';
import type { RequirementVerdict } from '../../replay/requirement.ts';
import type { ResponseTimes } from '../../replay/response-times.ts';
import type { SimulatedRequests } from './simulated-requests.ts';
import type { Verdict } from '../../replay/verdict.ts';

export interface ReplayReport {
  readonly recording: string;
  readonly stepSeconds: number;
  readonly currency: string;
  /** Share of the requests that shall be in time. */
  readonly objectiveRatio: number;
  readonly comparison: Comparison;
  /** By policy: how the controller's figures relate to it; absent under three days. */
  readonly intervals: ReadonlyMap<string, PairedIntervals>;
  /** By policy; absent where nothing arrived. */
  readonly responseTimes: ReadonlyMap<string, ResponseTimes>;
  /** Empty without `--requests`. */
  readonly requests: SimulatedRequests;
  readonly verdict: Verdict;
  readonly requirements: readonly RequirementVerdict[];
}

export function replayJson({ recording, stepSeconds, comparison, ...report }: ReplayReport): object {
  const { policies } = comparison;
  return {
    recording,
    stepSeconds,
    policies: Object.fromEntries(policies.map((policy) => [policy.name, policyJson(policy, report)])),
    equalSlo: equalSlo(comparison),
    verdict: report.verdict,
    requirements: report.requirements,
  };
}

function policyJson(
  { name, setting, score, worstEpisode }: ComparedPolicy,
  { intervals, responseTimes, requests }: Pick<ReplayReport, 'intervals' | 'responseTimes' | 'requests'>,
): object {
  const byRequests = requests.get(name);
  const prescaleAgainstIt = intervals.get(name);
  return {
    ...(setting !== '' && { setting }),
    ...score,
    ...responseTimes.get(name),
    ...(worstEpisode && {
      worstEpisode: {
        at: isoFromMs(worstEpisode.startMs),
        seconds: worstEpisode.seconds,
        lateRequests: worstEpisode.lateRequests,
      },
    }),
    ...(byRequests && { byRequests }),
    ...(prescaleAgainstIt && { prescaleAgainstIt }),
  };
}
