import { expect, test } from 'vitest';
import type { ApiAnswer } from '../../../src/cluster/api-answer.ts';
import type { ApiCall, ApiClient } from '../../../src/cluster/api-client.ts';
import { callsInTurn } from '../../../src/cluster/calls-in-turn.ts';

const NEVER = new AbortController().signal;
const OK: ApiAnswer = { kind: 'ok', body: {} };
const get = (path: string): ApiCall => ({ method: 'GET', path });

/** Answers each call when it is told to. */
function patientServer() {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const client: ApiClient = {
    call({ path }) {
      sent.push(path);
      return new Promise((resolve, reject) =>
        answers.push(() => (path === '/bad' ? reject(new Error('no')) : resolve(OK))),
      );
    },
    stream: () => Promise.reject(new Error('not asked')),
    close: () => Promise.resolve(),
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    client,
    sent,
    answerOne: async (): Promise<void> => {
      answers.shift()!();
      await settle();
    },
    settle,
  };
}

test('no more calls than allowed are under way, and each comes in its turn', async () => {
  const { client, sent, answerOne, settle } = patientServer();
  const limited = callsInTurn(client, 2);
  const all = ['/a', '/b', '/c', '/d'].map((path) => limited.call(get(path), NEVER));
  await settle();
  expect(sent).toEqual(['/a', '/b']);
  await answerOne();
  expect(sent).toEqual(['/a', '/b', '/c']);
  for (let left = 0; left < 3; left += 1) await answerOne();
  expect(await Promise.all(all)).toEqual([OK, OK, OK, OK]);
});

test('a call that fails gives its turn back', async () => {
  const { client, sent, answerOne, settle } = patientServer();
  const limited = callsInTurn(client, 1);
  const bad = expect(limited.call(get('/bad'), NEVER)).rejects.toThrow('no');
  const good = limited.call(get('/good'), NEVER);
  await settle();
  await answerOne();
  await bad;
  await answerOne();
  expect(await good).toEqual(OK);
  expect(sent).toEqual(['/bad', '/good']);
});

test('a call that is given up before its turn is never sent, and holds nobody up', async () => {
  const { client, sent, answerOne, settle } = patientServer();
  const limited = callsInTurn(client, 1);
  const over = new AbortController();
  const first = limited.call(get('/first'), NEVER);
  const given = limited.call(get('/given-up'), over.signal);
  const last = limited.call(get('/last'), NEVER);
  await settle();
  over.abort();
  await answerOne();
  await answerOne();
  expect((await given).kind).toBe('unreachable');
  expect([await first, await last]).toEqual([OK, OK]);
  expect(sent).toEqual(['/first', '/last']);
});
