import { describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../../../src/cluster/api-answer.ts';
import type { ApiCall } from '../../../src/cluster/api-client.ts';
import { readPods } from '../../../src/cluster/read-pods.ts';

const NEVER = new AbortController().signal;
const CREATED = '2026-11-26T08:00:00Z';
const AT = (second: number): number => Date.parse(CREATED) + second * 1000;
const iso = (second: number): string => new Date(AT(second)).toISOString();

const condition = (type: string, status: string, second: number) => ({
  type,
  status,
  lastTransitionTime: iso(second),
});
const pod = (status: object = {}, metadata: object = {}) => ({
  metadata: { name: 'web-1', uid: 'u1', creationTimestamp: CREATED, ...metadata },
  status: { phase: 'Running', conditions: [condition('PodScheduled', 'True', 1)], ...status },
});
const waiting = (reason: string) => ({ containerStatuses: [{ state: { waiting: { reason } } }] });

function clientOf(pages: readonly object[]) {
  const calls: ApiCall[] = [];
  const call = (asked: ApiCall): Promise<ApiAnswer> => {
    calls.push(asked);
    return Promise.resolve({ kind: 'ok', body: pages[calls.length - 1] });
  };
  const stream = () => Promise.reject(new Error('not asked'));
  return { calls, client: { call, stream, close: () => Promise.resolve() } };
}

const seen = async (...items: object[]) => {
  const { client } = clientOf([{ metadata: {}, items }]);
  return readPods(client, { namespace: 'shop', selector: 'app=web' }, NEVER);
};

describe('what a pod tells of its start', () => {
  test('ready since', async () => {
    const conditions = [condition('PodScheduled', 'True', 1), condition('Ready', 'True', 21)];
    expect(await seen(pod({ conditions }))).toEqual([
      { uid: 'u1', createdAtMs: AT(0), scheduledAtMs: AT(1), readyAtMs: AT(21), isDisturbed: false },
    ]);
  });

  test.each([
    ['not ready', [condition('Ready', 'False', 3)], null],
    ['no word of it yet', [], null],
  ])('%s', async (_name, conditions, readyAtMs) => {
    expect(await seen(pod({ conditions }))).toMatchObject([{ scheduledAtMs: null, readyAtMs }]);
  });

  test.each([
    ['a container being made', waiting('ContainerCreating'), false],
    ['init containers at work', waiting('PodInitializing'), false],
    ['an image that cannot be had', waiting('ImagePullBackOff'), true],
    ['a container that fails again and again', waiting('CrashLoopBackOff'), true],
    ['a container that has failed once', { containerStatuses: [{ restartCount: 1 }] }, true],
    ['an init container that has failed once', { initContainerStatuses: [{ restartCount: 1 }] }, true],
  ])('%s', async (_name, status, isDisturbed) => {
    expect(await seen(pod(status))).toMatchObject([{ isDisturbed }]);
  });

  test('one that is on its way out, or has ended, tells nothing', async () => {
    const leaving = pod({}, { deletionTimestamp: CREATED });
    expect(await seen(leaving, pod({ phase: 'Failed' }), pod({ phase: 'Succeeded' }))).toEqual([]);
  });
});

test('pods are asked for by the selector, page by page, and no more than four pages', async () => {
  const { client, calls } = clientOf(Array(9).fill({ metadata: { continue: 'more' }, items: [pod()] }));
  expect(await readPods(client, { namespace: 'shop', selector: 'app=web' }, NEVER)).toHaveLength(4);
  expect(calls.map(({ query }) => query)).toEqual([
    { labelSelector: 'app=web', limit: '500' },
    ...Array(3).fill({ labelSelector: 'app=web', limit: '500', continue: 'more' }),
  ]);
  expect(calls[0].path).toBe('/api/v1/namespaces/shop/pods');
});
