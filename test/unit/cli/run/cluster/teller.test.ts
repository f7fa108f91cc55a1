import { describe, expect, test } from 'vitest';
import { createStatusPace } from '../../../../../src/cli/run/cluster/status-pace.ts';
import type { ObjectNews } from '../../../../../src/cli/run/cluster/tell-object.ts';
import { createTeller } from '../../../../../src/cli/run/cluster/teller.ts';
import type { ApiAnswer } from '../../../../../src/cluster/api-answer.ts';
import type { ApiClient } from '../../../../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../../../../src/cluster/kubernetes-object.ts';
import type { ActuationResult } from '../../../../../src/domain/actuation.ts';
import type { AutoscalerStatus } from '../../../../../src/explain/status-of.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';
import { anObservation, NOW_MS } from '../../../../builders/observation.ts';
import { aStoredDecision } from '../../../../builders/stored-decision.ts';

const NEVER = new AbortController().signal;
const OK: ApiAnswer = { kind: 'ok', body: {} };

const news = (name: string, currentReplicas: number, result: ActuationResult = 'unchanged'): ObjectNews => {
  const stored = aStoredDecision({
    workload: { namespace: 'shop', name },
    observed: anObservation({ currentReplicas }),
  });
  const actuation = { ...stored.actuation, result };
  return {
    object: anAutoscaler({}, { name, generation: 1, resourceVersion: '1' }),
    stored: { ...stored, actuation },
    finding: undefined,
    starts: undefined,
  };
};

/** Answers a status when it is told to; events at once. */
function speaking(more: { readonly newest?: KubernetesObject; readonly isOwned?: () => boolean } = {}) {
  const statuses: string[] = [];
  const answers: (() => void)[] = [];
  const client: ApiClient = {
    call({ body }) {
      const { metadata, status } = body as KubernetesObject & { readonly status: AutoscalerStatus };
      statuses.push(`${metadata.name}@${metadata.resourceVersion}: ${status.currentReplicas}`);
      return new Promise((resolve) => answers.push(() => resolve(OK)));
    },
    stream: () => Promise.reject(new Error('not asked')),
    close: () => Promise.resolve(),
  };
  const events: string[] = [];
  const teller = createTeller({
    client,
    events: {
      record(about) {
        events.push(about.metadata.name);
        return Promise.resolve();
      },
    },
    pace: createStatusPace(),
    onFault: (fault) => expect.fail(fault),
    newest: () => more.newest,
    isOwned: more.isOwned ?? (() => true),
  });
  return {
    teller,
    statuses,
    events,
    answered: () => answers.length,
    /** All that is asked until `said` has ended. */
    async answerAll(said: Promise<unknown>) {
      let isSaid = false;
      void said.then(() => (isSaid = true));
      while (!isSaid) {
        answers.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

describe('what is to be said', () => {
  test('of two statuses of an object the newer one is told', async () => {
    const at = speaking();
    at.teller.take([news('a', 3)], NOW_MS);
    at.teller.take([news('a', 4)], NOW_MS);
    const said = at.teller.say(NEVER);
    await at.answerAll(said);
    expect(at.statuses).toEqual(['a@1: 4']);
  });

  test('an applied change is told before what came after it, of several the newest', async () => {
    const at = speaking();
    at.teller.take([news('a', 3, 'applied')], NOW_MS);
    at.teller.take([news('a', 4, 'applied')], NOW_MS);
    at.teller.take([news('a', 5)], NOW_MS);
    at.teller.take([news('a', 6)], NOW_MS);
    const said = at.teller.say(NEVER);
    await at.answerAll(said);
    expect(at.statuses).toEqual(['a@1: 4', 'a@1: 6']);
  });

  test('eight objects are told at a time, the same one never twice', async () => {
    const at = speaking();
    at.teller.take(
      Array.from({ length: 20 }, (_, index) => news(`o${index}`, 3)),
      NOW_MS,
    );
    const said = at.teller.say(NEVER);
    expect(at.answered()).toBe(8);
    at.teller.take([news('o0', 9)], NOW_MS);
    const again = at.teller.say(NEVER);
    expect(at.statuses.filter((status) => status.startsWith('o0@'))).toEqual(['o0@1: 3']);
    await at.answerAll(Promise.all([said, again]));
    expect(at.statuses).toHaveLength(21);
    expect(at.statuses.filter((status) => status.startsWith('o0@'))).toEqual(['o0@1: 3', 'o0@1: 9']);
  });

  test('an object that is not ours any more is not spoken about', async () => {
    const at = speaking({ isOwned: () => false });
    at.teller.take([news('a', 3, 'applied')], NOW_MS);
    await at.teller.say(NEVER);
    expect([at.statuses, at.events]).toEqual([[], []]);
  });

  test.each([
    ['is written to the newest version of the same spec', 1, 'a@2: 3'],
    ['never speaks for another spec', 2, 'a@1: 3'],
  ])('a status %s', async (_name, generation, status) => {
    const at = speaking({ newest: anAutoscaler({}, { name: 'a', generation, resourceVersion: '2' }) });
    at.teller.take([news('a', 3)], NOW_MS);
    const said = at.teller.say(NEVER);
    await at.answerAll(said);
    expect(at.statuses).toEqual([status]);
  });

  test('is left where it is when the controller stops', async () => {
    const at = speaking();
    const stop = new AbortController();
    at.teller.take(
      Array.from({ length: 20 }, (_, index) => news(`o${index}`, 3)),
      NOW_MS,
    );
    const said = at.teller.say(stop.signal);
    stop.abort();
    await at.answerAll(said);
    expect(at.statuses).toHaveLength(8);
  });
});
