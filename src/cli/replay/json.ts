import { PRESCALE, type Comparison } from '../../replay/compare.ts';
import { REACTIVE_FAMILIES, type FamilyName } from '../../replay/families.ts';
import { closedGap, frontierOf, hoursAt } from '../../replay/frontier.ts';
import { pointOf } from '../../replay/compare.ts';

export interface ReplayReport {
  readonly recording: string;
  readonly stepSeconds: number;
  readonly comparison: Comparison;
}

export function replayJson({ recording, stepSeconds, comparison }: ReplayReport): object {
  const { policies } = comparison;
  return {
    recording,
    stepSeconds,
    policies: Object.fromEntries(
      policies.map(({ name, setting, score }) => [name, { ...(setting !== '' && { setting }), ...score }]),
    ),
    equalSlo: equalSlo(comparison),
  };
}

export interface EqualSlo {
  /** Replica-hours that each family needs for prescale's own lateness; null where none of its settings gets there. */
  readonly replicaHours: Readonly<Partial<Record<FamilyName, number | null>>>;
  /** Share of what the best-tuned HPA, or the best reactive rule, pays over the oracle, that prescale saves. */
  readonly closedGap: { readonly hpa: number | null; readonly bestReactive: number | null };
}

/** Everybody at the lateness that prescale has: a cheaper plan that is later is no better plan. */
export function equalSlo({ policies, frontiers, floorRatio }: Comparison): EqualSlo | null {
  const own = policies.find(({ name }) => name === PRESCALE);
  if (own === undefined) return null;
  const point = pointOf(own.score, floorRatio);
  const ideal = frontiers.get('oracle') ?? [];
  const rival = frontiers.get('hpa') ?? [];
  const reactive = frontierOf(REACTIVE_FAMILIES.flatMap((family) => frontiers.get(family) ?? []));
  return {
    replicaHours: Object.fromEntries(
      [...frontiers].map(([family, frontier]) => [family, hoursAt(frontier, point.excessRatio) ?? null]),
    ),
    closedGap: {
      hpa: closedGap(point, { rival, ideal }) ?? null,
      bestReactive: closedGap(point, { rival: reactive, ideal }) ?? null,
    },
  };
}
