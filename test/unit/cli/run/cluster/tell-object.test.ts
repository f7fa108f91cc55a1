import { describe, expect, test } from 'vitest';
import { createStatusPace } from '../../../../../src/cli/run/cluster/status-pace.ts';
import { newsOf, tellObject } from '../../../../../src/cli/run/cluster/tell-object.ts';
import type { ApiAnswer } from '../../../../../src/cluster/api-answer.ts';
import type { ApiCall } from '../../../../../src/cluster/api-client.ts';
import type { EventToRecord } from '../../../../../src/cluster/event-recorder.ts';
import type { KubernetesObject } from '../../../../../src/cluster/kubernetes-object.ts';
import type { StoredDecision } from '../../../../../src/control/decision-store.ts';
import type { ActuationResult } from '../../../../../src/domain/actuation.ts';
import type { AutoscalerStatus, Finding } from '../../../../../src/explain/status-of.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';
import { NOW_MS } from '../../../../builders/observation.ts';
import { aStoredDecision } from '../../../../builders/stored-decision.ts';

const NEVER = new AbortController().signal;
const CONFLICT: Finding = { reason: 'ConflictingAutoscaler', message: 'an HPA scales it too' };

/** The objects as the server has them, and what it was told about them. */
function told(answer: ApiAnswer = { kind: 'ok', body: {} }) {
  let object = anAutoscaler();
  const faults: string[] = [];
  const events: string[] = [];
  const client = {
    call({ body }: ApiCall) {
      if (answer.kind === 'ok') object = { ...object, status: (body as KubernetesObject).status };
      return Promise.resolve(answer);
    },
    stream: () => Promise.reject(new Error('not asked')),
    close: () => Promise.resolve(),
  };
  const record = (_about: KubernetesObject, { type, reason }: EventToRecord) => {
    events.push(`${type} ${reason}`);
    return Promise.resolve();
  };
  const onFault = (message: string): void => void faults.push(message);
  const deps = { client, events: { record }, pace: createStatusPace(), onFault };
  const tell = async (stored?: StoredDecision, finding?: Finding) => {
    events.length = 0;
    await tellObject(deps, { object, stored, finding, starts: undefined }, NOW_MS, NEVER);
    return { events: [...events], faults, status: object.status as AutoscalerStatus | undefined };
  };
  return { tell };
}

const withResult = (result: ActuationResult): StoredDecision => {
  const stored = aStoredDecision();
  return { ...stored, actuation: { ...stored.actuation, result } };
};

describe('an object is told', () => {
  test('a new reason once', async () => {
    const { tell } = told();
    expect((await tell(aStoredDecision())).events).toEqual(['Warning ForecastUnavailable']);
    expect((await tell(aStoredDecision())).events).toEqual([]);
    expect(
      (await tell(aStoredDecision({ outcome: { kind: 'hold', reason: 'ScaleDownStabilized' } }))).events,
    ).toEqual(['Normal ScaleDownStabilized']);
  });

  test('every change that was applied', async () => {
    const { tell } = told();
    await tell(aStoredDecision());
    for (let time = 0; time < 2; time += 1)
      expect((await tell(withResult('applied'))).events).toEqual(['Warning ForecastUnavailable']);
  });

  test('what the cluster says rather than what was decided', async () => {
    const { tell } = told();
    const { events, status } = await tell(withResult('refused'), CONFLICT);
    expect(events).toEqual(['Warning ConflictingAutoscaler']);
    expect(status!.reason).toBe('ConflictingAutoscaler');
    expect(status!.conditions[0]).toMatchObject({ type: 'AbleToScale', status: 'False', ...CONFLICT });
    expect((await tell(withResult('refused'), CONFLICT)).events).toEqual([]);
    expect((await tell(aStoredDecision())).status!.conditions[0].status).toBe('True');
  });

  test('both, where a change was applied as well', async () => {
    const { tell } = told();
    const elsewhere: Finding = { reason: 'ReplicasChangedElsewhere', message: 'argocd changed the count' };
    expect((await tell(withResult('applied'), elsewhere)).events).toEqual([
      'Warning ReplicasChangedElsewhere',
      'Warning ForecastUnavailable',
    ]);
  });

  test('why nothing could be decided, and keeps what was said before', async () => {
    const { tell } = told();
    await tell(withResult('applied'));
    const finding: Finding = { reason: 'FailedGetScale', message: 'no such target' };
    const { status } = await tell(undefined, finding);
    expect(status).toMatchObject({ currentReplicas: 10, reason: 'FailedGetScale' });
    expect(status!.conditions.map((one) => one.status)).toEqual(['False', 'Unknown', 'Unknown', 'Unknown']);
  });

  test('nothing where there is nothing to tell', async () => {
    expect(await told().tell()).toEqual({ events: [], faults: [], status: undefined });
  });

  test.each([
    ['told of, where only the copy of the object was old', 1, NOW_MS],
    ['left to the next tick, where the spec is another by now', 2, undefined],
  ])('an applied change is %s', async (_, generation, lastScaleAtMs) => {
    const copy = anAutoscaler({}, { generation: 1, resourceVersion: '1' });
    let onServer: KubernetesObject = {
      ...copy,
      metadata: { ...copy.metadata, generation, resourceVersion: '2' },
    };
    const client = {
      call({ method, body }: ApiCall): Promise<ApiAnswer> {
        if (method === 'GET') return Promise.resolve({ kind: 'ok', body: onServer });
        const written = body as KubernetesObject;
        if (written.metadata.resourceVersion !== onServer.metadata.resourceVersion)
          return Promise.resolve({
            kind: 'refused',
            status: 409,
            reason: 'Conflict',
            message: 'the object has been modified',
            retryAfterSeconds: null,
          });
        onServer = { ...onServer, status: written.status };
        return Promise.resolve({ kind: 'ok', body: onServer });
      },
      stream: () => Promise.reject(new Error('not asked')),
      close: () => Promise.resolve(),
    };
    const deps = {
      client,
      events: { record: () => Promise.resolve() },
      pace: createStatusPace(),
      onFault: (fault: string) => expect.fail(fault),
    };
    const news = { object: copy, stored: withResult('applied'), finding: undefined, starts: undefined };
    await tellObject(deps, news, NOW_MS, NEVER);
    const { lastScaleTime } = (onServer.status ?? {}) as Partial<AutoscalerStatus>;
    expect(lastScaleTime && Date.parse(lastScaleTime)).toBe(lastScaleAtMs);
  });

  test('and where the server refuses, the log is', async () => {
    const { tell } = told({ kind: 'unreachable', message: 'connection refused' });
    expect((await tell(aStoredDecision())).faults).toEqual([
      expect.stringMatching(/^status of shop\/checkout: .*connection refused/),
    ]);
  });
});

test('news are of those that stay: decided, or not', () => {
  const objects = [
    anAutoscaler(),
    anAutoscaler({}, { name: 'cart' }),
    anAutoscaler({}, { name: 'leaving', deletionTimestamp: '2025-07-22T08:00:00Z' }),
  ];
  const stored = aStoredDecision();
  const starts = { target: 'Deployment/checkout', record: { recentSeconds: [20], newestPodAtMs: NOW_MS } };
  const news = newsOf(objects, [stored], {
    finding: ({ metadata }) => (metadata.name === 'cart' ? CONFLICT : undefined),
    starts: ({ metadata }) => (metadata.name === 'checkout' ? starts : undefined),
  });
  expect(news).toEqual([
    { object: objects[0], stored, finding: undefined, starts },
    { object: objects[1], stored: undefined, finding: CONFLICT, starts: undefined },
  ]);
});
