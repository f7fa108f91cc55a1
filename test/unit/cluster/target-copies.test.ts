import { afterEach, describe, expect, test } from 'vitest';
import type { ScaleTarget } from '../../../src/actuate/scale-api.ts';
import type { ApiAnswer } from '../../../src/cluster/api-answer.ts';
import type { ApiCall, ApiClient, StreamAnswer } from '../../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../../src/cluster/kubernetes-object.ts';
import { createTargetCopies } from '../../../src/cluster/target-copies.ts';
import type { Clock } from '../../../src/domain/clock.ts';

const stop = new AbortController();
const FORBIDDEN: ApiAnswer = {
  kind: 'refused',
  status: 403,
  reason: 'Forbidden',
  message: 'may not list deployments',
  retryAfterSeconds: null,
};
const target = (name: string, kind = 'Deployment'): ScaleTarget => ({
  namespace: 'shop',
  apiVersion: 'apps/v1',
  kind,
  name,
});
const targets = (count: number, kind?: string): readonly ScaleTarget[] =>
  Array.from({ length: count }, (_, index) => target(`app-${index}`, kind));
const deployment = (name: string, resourceVersion: string, replicas = 2): KubernetesObject => ({
  metadata: { namespace: 'shop', name, resourceVersion },
  spec: { replicas },
});
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One Deployment, `app-0`, listed at version 10; the test says what its watches tell, and when they break. */
function server({ isForbidden = false } = {}) {
  const listed: string[] = [];
  const faults: string[] = [];
  const lines: string[] = [];
  let wake = (): void => undefined;
  let isCut = false;
  let monotonicMs = 0;
  async function* body(): AsyncGenerator<Buffer> {
    for (;;) {
      while (lines.length > 0) yield Buffer.from(lines.shift()!);
      if (isCut) throw new Error('connection reset');
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const client: ApiClient = {
    call({ path }: ApiCall) {
      listed.push(path);
      const list = { metadata: { resourceVersion: '10' }, items: [deployment('app-0', '7')] };
      return Promise.resolve<ApiAnswer>(isForbidden ? FORBIDDEN : { kind: 'ok', body: list });
    },
    stream: () =>
      Promise.resolve<StreamAnswer>(
        isCut
          ? { kind: 'unreachable', message: 'connection refused' }
          : { kind: 'open', body: body(), close: () => undefined },
      ),
    close: () => Promise.resolve(),
  };
  // Whoever waits to try again does so until the test ends.
  const sleep = (_seconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const clock: Clock = { nowMs: () => 0, monotonicMs: () => monotonicMs, sleep };
  const copies = createTargetCopies({
    client,
    clock,
    random: () => 0.5,
    namespace: undefined,
    onFault: (message) => void faults.push(message),
  });
  return {
    copies,
    listed,
    faults,
    async expectTargets(all: readonly ScaleTarget[]) {
      copies.expect(all, stop.signal);
      await settle();
    },
    async tells(type: string, object: KubernetesObject) {
      lines.push(`${JSON.stringify({ type, object })}\n`);
      wake();
      await settle();
    },
    async cut() {
      isCut = true;
      wake();
      await settle();
    },
    pass: (seconds: number) => void (monotonicMs += 1000 * seconds),
  };
}

afterEach(settle);

describe('a copy of the targets of a kind', () => {
  test.each<[string, readonly ScaleTarget[], readonly string[]]>([
    ['is kept for many of it', targets(100), ['/apis/apps/v1/deployments']],
    ['is not kept for few', targets(99), []],
    ['is not kept for kinds that are few each', [...targets(60), ...targets(60, 'StatefulSet')], []],
    ['is not kept of a kind whose scale is not a part of it', targets(200, 'Rollout'), []],
  ])('%s', async (_name, all, listed) => {
    const at = server();
    await at.expectTargets(all);
    expect(at.listed).toEqual(listed);
  });

  test('tells what was listed and what has changed since, and nothing of what it has not', async () => {
    const at = server();
    await at.expectTargets(targets(100));
    expect(at.copies.newest(target('app-0'))).toMatchObject(deployment('app-0', '7'));
    await at.tells('MODIFIED', deployment('app-0', '12', 5));
    expect(at.copies.newest(target('app-0'))!.spec!.replicas).toBe(5);
    expect(at.copies.newest(target('app-1'))).toBeUndefined();
    await at.tells('DELETED', deployment('app-0', '13'));
    expect(at.copies.newest(target('app-0'))).toBeUndefined();
  });

  test('ends when few are left, and not before', async () => {
    const at = server();
    await at.expectTargets(targets(100));
    await at.expectTargets(targets(50));
    expect(at.copies.newest(target('app-0'))).toBeDefined();
    await at.expectTargets(targets(49));
    expect(at.copies.newest(target('app-0'))).toBeUndefined();
  });

  test('is not believed about a target that has been seen newer, until it has caught up', async () => {
    const at = server();
    await at.expectTargets(targets(100));
    at.copies.seen(target('app-0'), '100');
    at.copies.seen(target('app-0'), '9');
    expect(at.copies.newest(target('app-0'))).toBeUndefined();
    await at.tells('MODIFIED', deployment('app-0', '99'));
    expect(at.copies.newest(target('app-0'))).toBeUndefined();
    await at.tells('MODIFIED', deployment('app-0', '100', 6));
    expect(at.copies.newest(target('app-0'))!.spec!.replicas).toBe(6);
  });

  test('is believed for five seconds without a watch, and no longer', async () => {
    const at = server();
    await at.expectTargets(targets(100));
    at.pass(3600);
    expect(at.copies.newest(target('app-0'))).toBeDefined();
    await at.cut();
    at.pass(5);
    expect(at.copies.newest(target('app-0'))).toBeDefined();
    at.pass(0.1);
    expect(at.copies.newest(target('app-0'))).toBeUndefined();
  });

  test('that may not be had is told of, and each target is asked for', async () => {
    const at = server({ isForbidden: true });
    await at.expectTargets(targets(100));
    expect(at.copies.newest(target('app-0'))).toBeUndefined();
    expect(at.faults).toEqual([expect.stringMatching(/403.*targets are read one by one meanwhile$/)]);
  });
});
