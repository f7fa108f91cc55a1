/** `--requests`: the policies that are reported, played once more with every request simulated. */
import { PrescaleError } from '../../domain/errors.ts';
import { percentText } from '../../domain/figures.ts';
import type { ComparedPolicy, Comparison } from '../../replay/compare.ts';
import type { ReplayWorld } from '../../replay/play.ts';
import { playRequests, type RequestScore } from '../../replay/requests/play-requests.ts';
import { createProgress } from '../progress.ts';
import { countText, responseTimeText } from './reader-figures.ts';

/** By policy; absent where nothing arrived. */
export type SimulatedRequests = ReadonlyMap<string, RequestScore>;

/** Throws `usage` where the policy describes what is not simulated. */
export function refuseUnsimulated({ model }: ReplayWorld): void {
  const patience = model.losses?.patienceSeconds ?? null;
  if (patience !== null) throw unsimulated('slo.patience', 'clients that do not give up');
  if (model.variability !== undefined)
    throw unsimulated('capacity.variability', 'Poisson arrivals and exponential service (1 and 1)');
}

function unsimulated(field: string, allowed: string): PrescaleError {
  return new PrescaleError('usage', `--requests: got a policy with spec.${field}, allowed: ${allowed}`);
}

export function simulatedRequests(world: ReplayWorld, { policies }: Comparison): SimulatedRequests {
  const progress = createProgress();
  const scores = policies.flatMap(({ name, create }, i) => {
    const score = playRequests(world, create(), (doneRatio) =>
      progress.update((i + doneRatio) / policies.length, `${name}, request by request`),
    );
    return score === undefined ? [] : [[name, score] as const];
  });
  progress.finish();
  return new Map(scores);
}

/** Beside what the formulas say of the same policy. */
export function simulatedLines(simulated: SimulatedRequests, policies: readonly ComparedPolicy[]): string[] {
  if (simulated.size === 0) return [];
  const lines = policies.flatMap(({ name, score }) => {
    const one = simulated.get(name);
    if (one === undefined) return [];
    const { requests, sloViolationRatio, p50Seconds, p99Seconds } = one;
    const times = `p50 ${responseTimeText(p50Seconds)}, p99 ${responseTimeText(p99Seconds)}`;
    const late = `${percentText(sloViolationRatio)} of ${countText(requests)} late`;
    return [`  ${name}: ${late} (${percentText(score.sloViolationRatio)} by formula), ${times}`];
  });
  return ['request by request:', ...lines, ''];
}
