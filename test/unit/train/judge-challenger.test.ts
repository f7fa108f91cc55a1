import { expect, test } from 'vitest';
import type { ServedNetwork } from '../../../src/forecast/models/lstm/correction-memory.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { judgeChallenger } from '../../../src/train/judge-challenger.ts';
import { aSeries } from '../../contract/forecaster.ts';

const shipped = (await shippedNetwork()) as ServedNetwork;
const judge = (...recordings: Parameters<typeof judgeChallenger>[1]) =>
  judgeChallenger({ champion: shipped, challenger: shipped }, recordings);

const shop = { name: 'shop', series: aSeries({ days: 9, stepSeconds: 1800 }) };
const fresh = { name: 'fresh', series: { ...shop.series, values: shop.series.values.subarray(0, 5) } };
const idle = { name: 'idle', series: aSeries({ days: 9, stepSeconds: 1800, rate: () => 0 }) };

test('recordings with too little history, or without a load, do not keep the others from being judged', async () => {
  const alone = await judge(shop);
  expect(alone.championWqlRatio).toBeGreaterThan(0);
  expect(await judge(shop, fresh, idle)).toEqual(alone);
});

test('nobody wins where nothing can be told', async () => {
  for (const recordings of [[fresh], [idle], []])
    expect(await judge(...recordings)).toMatchObject({ hasWon: false, championWqlRatio: NaN, days: 0 });
});
