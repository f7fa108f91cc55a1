import { type Guard, neverRemove, pass } from './guard.ts';

/** During a roll-out old replicas leave and new ones are cold: the counts mean something else than usual. */
export const rollingOut: Guard = {
  name: 'rolling-out',
  judge: (input, beforeReplicas) =>
    input.observation.rollingOut
      ? neverRemove(input, beforeReplicas, 'RollingOut', 'the target is rolling out')
      : pass(beforeReplicas, 'ReadyForNewScale', 'no roll-out'),
};
