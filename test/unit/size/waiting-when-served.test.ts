import { describe, expect, test } from 'vitest';
import { overloadOf, waitingWhenServed } from '../../../src/size/waiting-when-served.ts';
import { anObservation } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

/** A replica serves 200 requests per second: 8 servers of 25; it starts in 90 s, and the tick is of 15 s. */
function waiting(
  { replicas, starting = 0, backlog = 0 }: { replicas: number; starting?: number; backlog?: number },
  limits: { patienceSeconds?: number; queueLimitRequests?: number } = {},
): number {
  const { patienceSeconds = null, queueLimitRequests = null } = limits;
  const policy = aPolicy({
    capacity: { startupSeconds: 90, serversPerReplica: 8, queueLimitRequests },
    slo: { patienceSeconds },
  });
  const observation = anObservation({
    currentReplicas: replicas,
    readyReplicas: replicas - starting,
    startingReplicas: starting,
    backlogRequests: backlog,
  });
  return waitingWhenServed({ observation, policy, serviceRateRps: 25, tickSeconds: 15 }, 1000);
}

describe('what waits when more can serve, at 1,000 requests per second', () => {
  test.each([
    ['enough replicas: nothing', { replicas: 5 }, {}, 0],
    ['two too few: what they lack, over start-up and tick', { replicas: 3 }, {}, 400 * 105],
    ['two that start: over the start-up alone', { replicas: 5, starting: 2 }, {}, 400 * 90],
    [
      'nothing serves until three have started: refused till then',
      { replicas: 3, starting: 3 },
      {},
      400 * 15,
    ],
    ['nothing runs at all: all are refused', { replicas: 0 }, {}, 0],
    ['what waits already grows further', { replicas: 3, backlog: 700 }, {}, 700 + 400 * 105],
    ['what waits now still waits, though spare replicas are at it', { replicas: 9, backlog: 700 }, {}, 700],
    ['nobody waits longer than 5 s', { replicas: 3 }, { patienceSeconds: 5 }, 5000],
    ['each of three queues has room for 100', { replicas: 3 }, { queueLimitRequests: 100 }, 300],
  ] as const)('%s', (_name, replicas, limits, expected) => {
    expect(waiting(replicas, limits)).toBeCloseTo(expected, 6);
  });

  test('is told where it is more than waits now, with the time in which it is worked off', () => {
    const observation = anObservation({ backlogRequests: 700 });
    expect(overloadOf(42_000, observation, 120)).toEqual({ waitingRequests: 42_000, drainSeconds: 30 });
    expect(overloadOf(700, observation, 120)).toBeUndefined();
  });
});
