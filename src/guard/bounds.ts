import { type Guard, pass } from './guard.ts';

/** minReplicas and maxReplicas. The only guard that touches a count although nothing was measured. */
export const bounds: Guard = {
  name: 'bounds',
  judge({ policy: { minReplicas, maxReplicas } }, beforeReplicas) {
    if (beforeReplicas > maxReplicas)
      return {
        afterReplicas: maxReplicas,
        reason: 'TooManyReplicas',
        message: `${beforeReplicas} is above maxReplicas ${maxReplicas}`,
      };
    if (beforeReplicas < minReplicas)
      return {
        afterReplicas: minReplicas,
        reason: 'TooFewReplicas',
        message: `${beforeReplicas} is below minReplicas ${minReplicas}`,
      };
    const range = `within ${minReplicas} to ${maxReplicas}`;
    return pass(beforeReplicas, 'DesiredWithinRange', range);
  },
};
