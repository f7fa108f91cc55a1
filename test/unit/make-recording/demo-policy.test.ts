import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicyText } from '../../../src/policy/policy-text.ts';
import {
  SALES,
  SERVERS_PER_REPLICA,
  SERVICE_RATE_RPS,
  STARTUP_SECONDS,
  STEP_SECONDS,
  TIME_ZONE,
} from '../../make-recording/scenario.ts';

const documents = parsePolicyText(readFileSync('deploy/demo/checkout.yaml', 'utf8'));
const policy = compilePolicy(documents[0]);

test("the demo's policy speaks of the servers that the recording was made with", () => {
  expect(documents).toHaveLength(1);
  expect(policy.capacity).toMatchObject({
    serviceRateRps: SERVICE_RATE_RPS,
    serversPerReplica: SERVERS_PER_REPLICA,
    startupSeconds: STARTUP_SECONDS,
  });
  expect(policy.forecast.stepSeconds).toBe(STEP_SECONDS);
});

test('it announces the sales when they are, and counts the day where the shop is', () => {
  expect(policy.calendar.timeZone).toBe(TIME_ZONE);
  expect(policy.calendar.events.map(({ timing }) => timing)).toEqual(
    SALES.map((sale) => ({ kind: 'Once', ...sale })),
  );
});

test('it says that the recording is generated', () => {
  expect(documents[0].metadata.annotations['kubernetes.io/description']).toMatch(/generated/);
});
