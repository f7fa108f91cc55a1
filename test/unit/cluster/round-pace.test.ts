import { expect, test } from 'vitest';
import { createRoundPace, type EndedRound } from '../../../src/cluster/round-pace.ts';

const FAULT: EndedRound = { isFault: true, tookSeconds: 60, events: 0 };
const LONG: EndedRound = { isFault: false, tookSeconds: 300, events: 0 };
const SHORT: EndedRound = { isFault: false, tookSeconds: 0.1, events: 0 };
const after = (...rounds: readonly EndedRound[]) => {
  const pace = createRoundPace();
  return rounds.map((round) => pace.after(round)).at(-1);
};

test.each([
  ['a long watch goes on at once', [LONG], { failures: 0, relists: false }],
  [
    'a quiet cluster is never listed anew',
    [LONG, LONG, LONG, LONG, LONG, LONG],
    { failures: 0, relists: false },
  ],
  ['faults are counted', [FAULT, FAULT], { failures: 2, relists: false }],
  ['a server that ends each watch at once is no better', [SHORT, SHORT], { failures: 2, relists: false }],
  ['a long watch in between forgives', [FAULT, FAULT, LONG, FAULT], { failures: 1, relists: false }],
  [
    'five that brought nothing: a new list',
    [FAULT, SHORT, FAULT, SHORT, FAULT],
    { failures: 5, relists: true },
  ],
  [
    'cut connections that bring events need no new list',
    Array.from({ length: 8 }, () => ({ ...FAULT, events: 1 })),
    { failures: 8, relists: false },
  ],
])('%s', (_name, rounds, expected) => expect(after(...rounds)).toEqual(expected));
