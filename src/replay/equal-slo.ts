/** Everybody at the lateness that the controller has: a cheaper plan that is later is no better plan. */
import { PRESCALE, pointOf, type Comparison } from './compare.ts';
import { REACTIVE_FAMILIES, type FamilyName } from './families.ts';
import { closedGap, frontierOf, hoursAt } from './frontier.ts';

export interface EqualSlo {
  /** Replica-hours that each family needs for that lateness; null where none of its settings gets there. */
  readonly replicaHours: Readonly<Partial<Record<FamilyName, number | null>>>;
  /** Share of what the best-tuned HPA, or the best reactive rule, pays over the oracle, that the controller saves. */
  readonly closedGap: { readonly hpa: number | null; readonly bestReactive: number | null };
}

export function equalSlo({ policies, frontiers, floorRatio }: Comparison): EqualSlo {
  const own = policies.find(({ name }) => name === PRESCALE);
  if (own === undefined) throw new RangeError('equalSlo: the controller was not played');
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
