import { expect, test } from 'vitest';
import { createVerdictCache } from '../../../../src/api/auth/verdict-cache.ts';

function aCache(mostKept: number, mostAsking = 100) {
  const asked: string[] = [];
  const cache = createVerdictCache<boolean>({
    isGood: (verdict) => verdict,
    goodSeconds: 30,
    badSeconds: 5,
    mostKept,
    mostAsking,
    nowMs: () => 0,
    onFault: () => undefined,
  });
  const get = (key: string, verdict: boolean) =>
    cache.get(key, () => {
      asked.push(key);
      return Promise.resolve(verdict);
    });
  return { cache, asked, get };
}

test('a flood of refusals forgets no admission', async () => {
  const { asked, get } = aCache(10);
  await get('friend', true);
  for (let index = 0; index < 1000; index += 1) await get(`stranger-${index}`, false);
  await get('friend', true);
  expect(asked.filter((key) => key === 'friend')).toHaveLength(1);
});

test('no more are kept than there is room for; the oldest goes', async () => {
  const { asked, get } = aCache(2);
  for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) await get(key, true);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});

test('no more wait for the authority than may: the rest is refused at once', async () => {
  const { cache } = aCache(10, 2);
  const never = () => new Promise<boolean>(() => undefined);
  void cache.get('a', never);
  void cache.get('b', never);
  await expect(cache.get('c', never)).rejects.toMatchObject({ code: 'overloaded' });
});
