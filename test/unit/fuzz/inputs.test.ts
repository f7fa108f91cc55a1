import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { feed, playCases } from '../../fuzz/inputs/play-cases.ts';
import { TARGET_NAMES, type TargetName } from '../../fuzz/inputs/targets.ts';

const CORPUS = new URL('../../fuzz/inputs/corpus/', import.meta.url);
/** `npm run fuzz:inputs` plays as many as one likes. */
const CASES = 60;

describe('input that was broken on purpose is taken, or refused in clear words', () => {
  test.each(TARGET_NAMES)('%s', async (target) => {
    const { findings, taken, refused } = await playCases(target, { from: 1, count: CASES });
    expect(findings).toEqual([]);
    expect(taken + refused).toBe(CASES);
  });
});

/** Named after the target and what broke it once. */
describe('what once broke something', () => {
  test.each(readdirSync(CORPUS))('%s', async (file) => {
    const target = file.split('--')[0] as TargetName;
    expect(TARGET_NAMES).toContain(target);
    expect((await feed(target, readFileSync(new URL(file, CORPUS)))).what).toBeUndefined();
  });
});

test('what throws something else than a refusal is a finding', async () => {
  expect((await feed('leases', Buffer.from('no JSON'))).what).toMatch(/^SyntaxError/);
});
