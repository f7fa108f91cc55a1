import { expect, test } from 'vitest';
import { createDecisionRing } from '../../../src/control/decision-ring.ts';
import { aStoredDecision } from '../../builders/stored-decision.ts';

const workload = (name: string) => ({ namespace: 'shop', name });

function filled(limits: { perWorkload: number; total: number }, workloads: number, decisions: number) {
  const ring = createDecisionRing(limits);
  for (let at = 0; at < decisions; at += 1)
    ring.append(
      Array.from({ length: workloads }, (_, i) =>
        aStoredDecision({ workload: workload(`w${i}`), decidedAtMs: at }),
      ),
    );
  return ring;
}

test('keeps the newest of each workload and forgets the rest', () => {
  const ring = filled({ perWorkload: 5, total: 1000 }, 2, 137);
  const times = ring.list(workload('w1'), { limit: 100 }).map((stored) => stored.decision.decidedAtMs);
  expect(times).toEqual([136, 135, 134, 133, 132]);
  expect(ring.get(workload('w1'), '131')).toBeUndefined();
});

test('many workloads share the total evenly', () => {
  const ring = filled({ perWorkload: 50, total: 80 }, 10, 200);
  for (let i = 0; i < 10; i += 1) expect(ring.list(workload(`w${i}`), { limit: 100 })).toHaveLength(4);
});

test('more workloads than the total has room for keep one decision each', () => {
  const ring = filled({ perWorkload: 50, total: 4 }, 10, 20);
  expect(ring.list(workload('w3'), { limit: 100 })).toHaveLength(1);
});

test('a workload that went is forgotten, and leaves its room to the others', () => {
  const ring = filled({ perWorkload: 50, total: 40 }, 2, 100);
  expect(ring.list(workload('w0'), { limit: 100 })).toHaveLength(10);
  ring.forget(workload('w1'));
  expect(ring.list(workload('w1'), { limit: 100 })).toEqual([]);
  for (let at = 100; at < 200; at += 1)
    ring.append([aStoredDecision({ workload: workload('w0'), decidedAtMs: at })]);
  expect(ring.list(workload('w0'), { limit: 100 })).toHaveLength(20);
});
