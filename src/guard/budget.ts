import { type Guard, pass, withinReach } from './guard.ts';

/**
 * What the group's shared budget leaves for this workload (coordinate/divide-budget.ts divides it, by what lateness
 * each replica avoids): a cap that people gave, so what runs above it goes as well, at once. minReplicas stands.
 */
export const budget: Guard = {
  name: 'budget',
  judge(input, beforeReplicas) {
    const { budget: share } = input.observation;
    if (share === undefined) return pass(beforeReplicas, 'DesiredWithinRange', 'no shared budget limits');
    const { group, unit, most, asked, mostReplicas } = share;
    const [limit, sum] = [most, asked].map((amount) => String(Math.round(amount * 1e4) / 1e4));
    const inUnit = unit === 'replicas' ? 'replicas' : 'per hour';
    const why = `${group} may have ${limit} ${inUnit} and asks for ${sum}; the share here is ${mostReplicas}`;
    if (beforeReplicas <= mostReplicas) return pass(beforeReplicas, 'DesiredWithinRange', why);
    const afterReplicas = withinReach(input, beforeReplicas, mostReplicas);
    return {
      afterReplicas,
      reason: 'BudgetLimit',
      message: `${why}; ${afterReplicas} instead of ${beforeReplicas}`,
    };
  },
};
