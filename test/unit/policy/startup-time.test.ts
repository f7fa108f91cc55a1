import { describe, expect, test } from 'vitest';
import type { LearnedStartup } from '../../../src/domain/startup-time.ts';
import { startupTime, withGivenStartup, withStartup } from '../../../src/policy/startup-time.ts';
import { aPolicy } from '../../builders/policy.ts';

const given = aPolicy({ capacity: { startupSeconds: 90 } });
const learns = aPolicy({ capacity: { startupSeconds: 120, learnsStartup: true } });
const learned = (samples: number): LearnedStartup => ({ p50Seconds: 21, p95Seconds: 24, samples });

describe('the start-up time to decide with', () => {
  test.each([
    ['given by the policy', given, undefined, { seconds: 90, source: 'policy' }],
    ['given by the policy, whatever was seen', given, learned(30), { seconds: 90, source: 'policy' }],
    ['assumed before anything was seen', learns, undefined, { seconds: 120, source: 'assumed' }],
    ['assumed while two starts are all there is', learns, learned(2), { seconds: 120, source: 'assumed' }],
    ['learned from three on: the 95th percentile', learns, learned(3), { seconds: 24, source: 'learned' }],
  ] as const)('%s', (_name, policy, seen, expected) => {
    expect(startupTime(policy, seen)).toEqual(expected);
    expect(withStartup(policy, seen).capacity.startupSeconds).toBe(expected.seconds);
  });

  test('what was learned and is not known any more is assumed again', () => {
    expect(startupTime(withStartup(learns, learned(30)), undefined).source).toBe('assumed');
  });

  test('the same answer leaves the very same policy, so that what is known under it stays known', () => {
    const once = withStartup(learns, learned(30));
    expect(withStartup(once, learned(30))).toBe(once);
    expect(withStartup(given, learned(30))).toBe(given);
  });

  test('a question that gives one is answered with it', () => {
    const asked = withGivenStartup(withStartup(learns, learned(30)), 300);
    expect(startupTime(asked, learned(30))).toEqual({ seconds: 300, source: 'policy' });
  });
});
