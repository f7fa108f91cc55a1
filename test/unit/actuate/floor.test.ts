import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FloorHolder } from '../../../src/actuate/floor-api.ts';
import { ownMinReplicas, planFloor } from '../../../src/actuate/floor-plan.ts';
import { createFloorScaler } from '../../../src/actuate/floor.ts';
import { aHolder, aRaisedHolder, CHECKOUT, createFakeFloors } from '../../builders/floor.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';

const NEVER = new AbortController().signal;

describe('what makes the minimum what we want', () => {
  test.each<[string, FloorHolder, number, string]>([
    ['more than the owner wants', aHolder(), 8, 'raise to 8, own 2'],
    ['more than the autoscaler may', aHolder(), 50, 'raise to 20, own 2'],
    ['as much as the owner wants', aHolder(), 2, 'keep'],
    ['less', aHolder(), 1, 'keep'],
    ['where no minimum is given', aHolder({ minReplicas: null }), 3, 'raise to 3, own null'],
    ['what it is already', aRaisedHolder(), 8, 'keep'],
    ['another count', aRaisedHolder(), 9, 'raise to 9, own 2'],
    ['less than before', aRaisedHolder(), 3, 'raise to 3, own 2'],
    ['no more than the owner wants', aRaisedHolder(), 2, 'restore'],
    ['what its owner has lowered meanwhile', aRaisedHolder({}, { minReplicas: 5 }), 8, 'raise to 8, own 5'],
    ['what its owner has raised above it', aRaisedHolder({}, { minReplicas: 12 }), 8, 'restore'],
    [
      'what another raised',
      aRaisedHolder({ by: { namespace: 'shop', name: 'old' } }),
      8,
      'raise to 8, own 2',
    ],
  ])('%s', (_what, holder, wanted, expected) => {
    const step = planFloor(holder, CHECKOUT, wanted);
    const told =
      step.kind === 'raise'
        ? `raise to ${step.floor.floorReplicas}, own ${step.floor.ownMinReplicas}`
        : step.kind;
    expect(told).toBe(expected);
  });

  test('property: however often it is raised, the minimum to put back is the one its owner gave last', () => {
    const steps = fc.array(
      fc.record({
        wanted: fc.integer({ min: 1, max: 60 }),
        owner: fc.option(fc.integer({ min: 1, max: 20 })),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (played) => {
        let holder = aHolder();
        let own: number | null = 2;
        for (const { wanted, owner } of played) {
          // The owner says the very value that we have raised to: that cannot be told from our own.
          if (owner !== null && owner !== holder.raised?.floorReplicas) {
            holder = { ...holder, minReplicas: owner };
            own = owner;
          }
          const step = planFloor(holder, CHECKOUT, wanted);
          if (step.kind === 'raise')
            holder = { ...holder, minReplicas: step.floor.floorReplicas, raised: step.floor };
          if (step.kind === 'restore')
            holder = { ...holder, minReplicas: ownMinReplicas(holder), raised: undefined };
          expect(ownMinReplicas(holder)).toBe(own);
          expect(holder.minReplicas).toBe(Math.max(own, Math.min(wanted, 20)));
          expect(planFloor(holder, CHECKOUT, wanted)).toEqual({ kind: 'keep' });
        }
      }),
    );
  });
});

describe('a write in mode Floor', () => {
  const write = async (
    floors: ReturnType<typeof createFakeFloors>,
    { isLeader = () => true, refused }: { isLeader?: () => boolean; refused?: string } = {},
  ) => {
    const target = createFakeScaler({ startReplicas: 3 });
    const scaler = createFloorScaler({ target, floors, leadership: { isLeader }, refusal: () => refused });
    const request = { policy: aPolicy({ mode: 'Floor' }), toReplicas: 8, version: '7', nowMs: 0 };
    const answer = await scaler.write(request, NEVER);
    expect(target.written).toEqual([]);
    return { answer, calls: floors.calls };
  };

  test('holds the object first, then raises', async () => {
    expect(await write(createFakeFloors([aHolder()]))).toEqual({
      answer: { result: 'applied', message: 'minimum of HorizontalPodAutoscaler web is 8' },
      calls: ['protect shop/checkout', 'raise web to 8, own 2'],
    });
  });

  test('is none where the floor is what it should be', async () => {
    expect(await write(createFakeFloors([aRaisedHolder()]))).toMatchObject({
      answer: { result: 'unchanged' },
      calls: [],
    });
  });

  test('puts back where the owner wants as much', async () => {
    const { answer, calls } = await write(createFakeFloors([aRaisedHolder({ ownMinReplicas: 9 })]));
    expect([answer.result, calls]).toEqual(['applied', ['restore web to 9']]);
  });

  test('raises nothing that cannot be taken back', async () => {
    const conflict = { kind: 'conflict', message: 'the object is gone' } as const;
    expect(await write(createFakeFloors([aHolder()], () => conflict))).toEqual({
      answer: { result: 'conflict', message: 'the object is gone' },
      calls: ['protect shop/checkout'],
    });
  });

  test.each([
    ['without leadership', { isLeader: () => false }, [aHolder()], 'notLeader'],
    ['beside a second PredictiveAutoscaler', { refused: 'another one' }, [aHolder()], 'refused'],
    ['without an autoscaler to raise', {}, [], 'refused'],
  ])('%s writes nothing', async (_what, options, holders, result) => {
    const { answer, calls } = await write(createFakeFloors(holders), options);
    expect([answer.result, calls]).toEqual([result, []]);
  });

  test('asks again who leads between the two writes', async () => {
    const answers = [true, false];
    const { answer, calls } = await write(createFakeFloors([aHolder()]), {
      isLeader: () => answers.shift()!,
    });
    expect([answer.result, calls]).toEqual(['notLeader', ['protect shop/checkout']]);
  });
});
