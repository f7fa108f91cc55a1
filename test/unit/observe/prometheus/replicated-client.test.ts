import { describe, expect, test } from 'vitest';
import type { HttpAnswer, PrometheusClient } from '../../../../src/observe/prometheus/prometheus-client.ts';
import { createReplicatedClient } from '../../../../src/observe/prometheus/replicated-client.ts';

const GOOD: HttpAnswer = {
  kind: 'response',
  status: 200,
  contentType: 'application/json',
  body: Buffer.from('good'),
  tooLong: false,
};
const BROKEN: HttpAnswer = { ...GOOD, status: 503 };
const REFUSED: HttpAnswer = { ...GOOD, status: 422 };
const UNREACHABLE: HttpAnswer = { kind: 'failed', message: 'refused', timedOut: false };
const GIVEN_UP: HttpAnswer = { kind: 'failed', message: 'no answer before', timedOut: false };

/** Answers at once, or when it is let go; heeds its signal. */
function replica(answer: HttpAnswer | 'hangs') {
  const state = { answer, asked: 0, waiting: [] as (() => void)[] };
  const client: PrometheusClient = {
    post(_endpoint, _form, signal) {
      state.asked += 1;
      if (state.answer !== 'hangs') return Promise.resolve(state.answer);
      return new Promise((resolve) => {
        state.waiting.push(() => resolve(GOOD));
        signal.addEventListener('abort', () => resolve(GIVEN_UP));
        if (signal.aborted) resolve(GIVEN_UP);
      });
    },
    close: () => Promise.resolve(),
  };
  return Object.assign(state, { client });
}

/** `replicas` behind one client; its time passes only when somebody sleeps, and then at once. */
function source(...replicas: readonly ReturnType<typeof replica>[]) {
  let nowMs = 0;
  const slept: number[] = [];
  const time = {
    monotonicMs: () => nowMs,
    sleep: async (seconds: number) => {
      slept.push(seconds);
      await Promise.resolve();
      nowMs += seconds * 1000;
    },
  };
  const client = createReplicatedClient(
    replicas.map((one) => one.client),
    5,
    time,
  );
  const ask = (signal = new AbortController().signal): Promise<HttpAnswer> =>
    client.post('query', {}, signal);
  /** A tick that gives up what it waits for. */
  const askInVain = async (): Promise<HttpAnswer> => {
    const tick = new AbortController();
    const asking = ask(tick.signal);
    tick.abort();
    nowMs += 15_000;
    return asking;
  };
  return { ask, askInVain, slept, client, pass: (ms: number) => void (nowMs += ms) };
}

describe('several replicas', () => {
  test('the first is asked alone while it answers', async () => {
    const [a, b] = [replica(GOOD), replica(GOOD)];
    const { ask } = source(a, b);
    for (let k = 0; k < 20; k += 1) expect(await ask()).toBe(GOOD);
    expect([a.asked, b.asked]).toEqual([20, 0]);
  });

  test.each([
    ['is broken', BROKEN],
    ['cannot be reached', UNREACHABLE],
  ])('where the first %s the second is asked at once', async (_name, fault) => {
    const [a, b] = [replica(fault), replica(GOOD)];
    expect(await source(a, b).ask()).toBe(GOOD);
    expect([a.asked, b.asked]).toEqual([1, 1]);
  });

  test('a refusal of the query is the answer: the others would say the same', async () => {
    const [a, b] = [replica(REFUSED), replica(GOOD)];
    expect(await source(a, b).ask()).toBe(REFUSED);
    expect(b.asked).toBe(0);
  });

  test('where all are broken, the last word counts', async () => {
    expect(await source(replica(UNREACHABLE), replica(BROKEN)).ask()).toBe(BROKEN);
  });

  test('one that is late is hedged, and after three times in a row no more waited for', async () => {
    const [slow, b] = [replica('hangs'), replica(GOOD)];
    const { ask, slept, pass } = source(slow, b);
    for (let tick = 0; tick < 3; tick += 1) {
      expect(await ask()).toBe(GOOD);
      pass(15_000);
    }
    expect([slow.asked, slept.length]).toEqual([3, 3]);
    for (let tick = 0; tick < 10; tick += 1) expect(await ask()).toBe(GOOD);
    // Nobody slept any more, and one request alone went to it, for nobody.
    expect([slow.asked, slept.length, b.asked]).toEqual([4, 3, 13]);
  });

  test('it is used again once what was sent for nobody is answered', async () => {
    const [slow, b] = [replica('hangs'), replica(GOOD)];
    const { ask, pass } = source(slow, b);
    for (let tick = 0; tick < 4; tick += 1) {
      await ask();
      pass(15_000);
    }
    slow.answer = GOOD;
    slow.waiting.at(-1)!();
    await new Promise(setImmediate);
    const before = b.asked;
    expect(await ask()).toBe(GOOD);
    expect(b.asked).toBe(before);
  });

  test('hedges are a tenth of the requests in the long run', async () => {
    const [slow, b] = [replica('hangs'), replica(GOOD)];
    const { ask } = source(slow, b);
    // All at the same instant, before it can be told that the first is slow: ten and no more are hedged.
    const asked = Array.from({ length: 40 }, () => {
      const tick = new AbortController();
      setImmediate(() => tick.abort());
      return ask(tick.signal);
    });
    await Promise.all(asked);
    expect(b.asked).toBeLessThanOrEqual(14);
    expect(b.asked).toBeGreaterThanOrEqual(10);
  });
});

describe('a single one', () => {
  test('that hangs is waited for three times, then at no tick any more, until it answers', async () => {
    const only = replica('hangs');
    const { ask, askInVain } = source(only);
    for (let tick = 0; tick < 3; tick += 1) expect(await askInVain()).toBe(GIVEN_UP);
    for (let tick = 0; tick < 5; tick += 1)
      expect(await ask()).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('again and again'),
      });
    expect(only.asked).toBe(4);
    only.answer = GOOD;
    only.waiting.at(-1)!();
    await new Promise(setImmediate);
    expect(await ask()).toBe(GOOD);
  });

  test('that fails at once is asked at each tick: nobody waits for it', async () => {
    const only = replica(UNREACHABLE);
    const { ask } = source(only);
    for (let tick = 0; tick < 10; tick += 1) expect(await ask()).toBe(UNREACHABLE);
    expect(only.asked).toBe(10);
  });

  test('many requests that miss at one tick are one miss', async () => {
    const only = replica('hangs');
    const { ask } = source(only);
    const tick = new AbortController();
    const all = Array.from({ length: 30 }, () => ask(tick.signal));
    tick.abort();
    await Promise.all(all);
    only.answer = GOOD;
    expect(await ask()).toBe(GOOD);
  });
});

test('closing ends what was sent for nobody', async () => {
  const only = replica('hangs');
  const { ask, askInVain, client } = source(only);
  for (let tick = 0; tick < 3; tick += 1) await askInVain();
  await ask();
  await client.close();
});
