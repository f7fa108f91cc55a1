import { type Guard, pass, withinReach } from './guard.ts';

/**
 * Whatever was asked for before, from memory for one: no more replicas than the dependency with the least room takes,
 * since those would only overrun it for all. What runs already is left running: its share is taken, to remove it would
 * make the others slower, and a limit may be misjudged. minReplicas, a person's word, stands (the schema refuses one
 * above a known capacity).
 */
export const dependency: Guard = {
  name: 'dependency',
  judge(input, beforeReplicas) {
    const { dependencyLimit: limit } = input;
    if (limit === undefined) return pass(beforeReplicas, 'DesiredWithinRange', 'no dependency limits');
    const { name, mostReplicas } = limit;
    const room = `${name} has room for ${mostReplicas}`;
    const most = Math.max(mostReplicas, input.observation.currentReplicas);
    if (beforeReplicas <= most) return pass(beforeReplicas, 'DesiredWithinRange', room);
    const afterReplicas = withinReach(input, beforeReplicas, most);
    const message = `${room}; ${afterReplicas} instead of ${beforeReplicas}`;
    return { afterReplicas, reason: 'DependencyLimit', message };
  },
};
