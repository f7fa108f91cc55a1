import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns, type TurnsOptions } from '../../../src/api/turns.ts';

const BURST_SECONDS = 0.01;
const LIMITS = { shareRatio: 0.5, mostWaitSeconds: 0.5, mostInside: 256 };

/** A thread whose time passes where a test works, and where everybody sleeps. */
function turnsUnderTest(limits: Partial<TurnsOptions> = {}) {
  const time = { nowMs: 0, busyMs: 0 };
  let sleeping: { readonly dueMs: number; readonly wake: () => void }[] = [];
  const thread = {
    nowMs: () => time.nowMs,
    busyMs: () => time.busyMs,
    sleep: (ms: number) => new Promise<void>((wake) => sleeping.push({ dueMs: time.nowMs + ms, wake })),
  };
  const work = (ms: number): void => {
    time.nowMs += ms;
    time.busyMs += ms;
  };
  /** Until it is done: whenever nothing else happens, time goes on to when the next one wakes. */
  const passUntil = async (done: Promise<unknown>): Promise<void> => {
    let isDone = false;
    const mark = (): void => void (isDone = true);
    done.then(mark, mark);
    for (;;) {
      for (let i = 0; i < 5; i += 1) await nextTurnOfTheLoop();
      if (isDone) return;
      const dueMs = Math.min(...sleeping.map((one) => one.dueMs));
      if (!Number.isFinite(dueMs)) throw new Error('nobody sleeps, and it is not done');
      time.nowMs = Math.max(time.nowMs, dueMs);
      const next = sleeping.find((one) => one.dueMs === dueMs)!;
      sleeping = sleeping.filter((one) => one !== next);
      next.wake();
    }
  };
  return { turns: createTurns({ ...LIMITS, ...limits, thread }), time, work, passUntil };
}

const times = (count: number, one: () => Promise<void>) => Promise.all(Array.from({ length: count }, one));

test('in the long run a line gets the share of the thread, and no more', async () => {
  const { turns, time, work, passUntil } = turnsUnderTest();
  const line = turns.line(BURST_SECONDS);
  await passUntil(times(200, () => line.take(() => work(20))));
  expect(4000 / time.nowMs).toBeGreaterThan(0.48);
  expect(4000 / time.nowMs).toBeLessThan(0.52);
});

test('two lines share it, and neither waits for all of the other', async () => {
  const { turns, time, work, passUntil } = turnsUnderTest();
  const [reads, questions] = [turns.line(BURST_SECONDS), turns.line(BURST_SECONDS)];
  const inLine = (line: typeof reads, ended: number[]) => async () => {
    const leave = line.enter(() => undefined);
    await line.take(() => work(20));
    leave();
    ended.push(time.nowMs);
  };
  const [readsAtMs, questionsAtMs]: [number[], number[]] = [[], []];
  await passUntil(
    Promise.all([times(50, inLine(reads, readsAtMs)), times(50, inLine(questions, questionsAtMs))]),
  );
  expect(2000 / time.nowMs).toBeGreaterThan(0.48);
  expect(2000 / time.nowMs).toBeLessThan(0.52);
  expect(Math.abs(readsAtMs[24] - questionsAtMs[24])).toBeLessThan(200);
});

test('who would wait for longer than half a second is refused, with the seconds until there is room', async () => {
  const { turns, work, passUntil } = turnsUnderTest();
  const line = turns.line(BURST_SECONDS);
  await passUntil(times(100, () => line.take(() => work(10))));
  // Each is now known to take 10 ms of a thread of which half may be taken: 20 ms of waiting.
  let admitted = 0;
  while (line.fullForSeconds() === undefined && admitted < 1000) {
    line.enter(() => undefined);
    admitted += 1;
  }
  expect(admitted).toBeGreaterThan(20);
  expect(admitted).toBeLessThan(30);
  expect(line.fullForSeconds()).toBe(1);
});

test('one that takes longer than all the others together is answered, and waited for', async () => {
  const { turns, work, time, passUntil } = turnsUnderTest();
  const line = turns.line(BURST_SECONDS);
  expect(line.fullForSeconds()).toBeUndefined();
  await passUntil(line.take(() => work(10_000)));
  expect(line.fullForSeconds()).toBe(20);
  time.nowMs += 19_600;
  expect(line.fullForSeconds()).toBeUndefined();
});

test('what is done outside of a turn is counted too', () => {
  const { turns, work } = turnsUnderTest();
  const [entered, counted] = [turns.line(BURST_SECONDS), turns.line(BURST_SECONDS)];
  entered.enter(() => work(4000))();
  expect(entered.fullForSeconds()).toBe(8);
  counted.spent(4000);
  expect(counted.fullForSeconds()).toBe(8);
});

test('what a turn does after it has waited is counted, a tick in between at most for a quarter of a second', async () => {
  const { turns, work, passUntil } = turnsUnderTest({ mostWaitSeconds: 0.1 });
  const line = turns.line(BURST_SECONDS);
  await passUntil(line.take(() => nextTurnOfTheLoop().then(() => work(90))));
  expect(line.fullForSeconds()).toBe(1);
  const other = turns.line(BURST_SECONDS);
  await passUntil(other.take(() => nextTurnOfTheLoop().then(() => work(60_000))));
  expect(other.fullForSeconds()).toBe(1);
});

test('a turn that waits for a disk that is gone passes on', async () => {
  const { turns, time, passUntil } = turnsUnderTest();
  const line = turns.line(BURST_SECONDS);
  void line.take(() => new Promise(() => undefined));
  await passUntil(line.take(() => undefined));
  expect(time.nowMs).toBe(1000);
});

test('what fails fails for who asked it, and the next has its turn', async () => {
  const { turns, passUntil } = turnsUnderTest();
  const line = turns.line(BURST_SECONDS);
  const failed = line.take(() => {
    throw new Error('no such page');
  });
  await passUntil(failed);
  await expect(failed).rejects.toThrow('no such page');
  await passUntil(line.take(() => undefined));
});

test('no more are under way than the limit says, whatever they wait for', () => {
  const { turns } = turnsUnderTest({ mostInside: 3 });
  const line = turns.line(BURST_SECONDS);
  const leaves = Array.from({ length: 3 }, () => line.enter(() => undefined));
  expect(line.fullForSeconds()).toBe(1);
  leaves[0]();
  leaves[0]();
  expect(line.fullForSeconds()).toBeUndefined();
  line.enter(() => undefined);
  expect(line.fullForSeconds()).toBe(1);
});
