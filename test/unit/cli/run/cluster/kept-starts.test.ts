import { describe, expect, test } from 'vitest';
import { keptStarts } from '../../../../../src/cli/run/cluster/kept-starts.ts';
import { statusOf } from '../../../../../src/explain/status-of.ts';
import { statusSchema } from '../../../../../src/policy/schema/status-schema.ts';
import { aDecision } from '../../../../builders/decision.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';
import { anObservation } from '../../../../builders/observation.ts';
import { aPolicy } from '../../../../builders/policy.ts';

const policy = aPolicy();
const record = { recentSeconds: [20, 21, 24], newestPodAtMs: Date.UTC(2026, 10, 26, 8) };
const target = 'Deployment/checkout';
const withStatus = (startup: unknown) => ({ ...anAutoscaler(), status: { startup } });

describe('what the status keeps of the starts', () => {
  test('is read back as it was written, and is what the schema allows', () => {
    const learnedStartup = { p50Seconds: 21, p95Seconds: 24, samples: 3 };
    const decision = aDecision({ observation: anObservation({ learnedStartup }) });
    const { workload, decidedAtMs } = decision;
    const actuation = { workload, decidedAtMs, result: 'unchanged', toReplicas: 1, message: '' } as const;
    const starts = { target, record };
    const status = statusOf({ decision, actuation, generation: 1, previous: {}, starts });
    expect(status.startup).toEqual({
      seconds: 90,
      source: 'policy',
      ...learnedStartup,
      target,
      recentSeconds: [20, 21, 24],
      newestPodAt: '2026-11-26T08:00:00Z',
    });
    expect(statusSchema.safeParse(status).error).toBeUndefined();
    const stored = JSON.parse(JSON.stringify({ ...anAutoscaler(), status })) as ReturnType<
      typeof anAutoscaler
    >;
    expect(keptStarts(policy, stored)).toEqual(record);
  });

  test.each([
    ['nothing at all', undefined],
    [
      'another target',
      { target: 'StatefulSet/checkout', recentSeconds: [20], newestPodAt: '2026-11-26T08:00:00Z' },
    ],
    ['no time', { target, recentSeconds: [20] }],
    ['a time that is none', { target, recentSeconds: [20], newestPodAt: 'yesterday' }],
  ])('is nothing where it holds %s', (_name, startup) => {
    expect(keptStarts(policy, withStatus(startup))).toBeUndefined();
  });

  test('what is no time is left out', () => {
    const recentSeconds = [20, -1, null, 'soon', 22];
    const kept = keptStarts(
      policy,
      withStatus({ target, recentSeconds, newestPodAt: '2026-11-26T08:00:00Z' }),
    );
    expect(kept?.recentSeconds).toEqual([20, 22]);
  });
});
