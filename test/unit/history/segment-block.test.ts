import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { decisionRecord, forecastRecord } from '../../../src/history/record-text.ts';
import { blockCrc, packBlock, unpackBlock } from '../../../src/history/segment-block.ts';
import { indexExtent, parseSegmentIndex, type BlockRow } from '../../../src/history/segment-index.ts';
import { aDirectory, aHistory, recordedAt, SHOP, ticksOf } from './recorded.ts';

const FOOTER_BYTES = 20;

function blocksOf(file: string): readonly BlockRow[] {
  const content = readFileSync(file);
  const extent = indexExtent(content.subarray(-FOOTER_BYTES), content.length);
  const index = content.subarray(extent.offset, extent.offset + extent.bytes);
  return parseSegmentIndex(index, extent.crc).blocks;
}

const segmentsOf = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .map((name) => join(directory, name));

test.each([
  ['a hundred workloads, of which a journal holds a decision each, together', 100, 3, 20_000],
  ['seven workloads, of which it holds some, together', 7, 10, 100_000],
  ['two workloads, of which it holds more than a block of each, apart', 2, 200, 900_000],
])('%s are packed, and each reads its own alone', async (fleet, workloads, ticks, journalBytes) => {
  const directory = aDirectory();
  const names = Array.from({ length: workloads }, (_, i) => ({ namespace: 'shop', name: `w${i}` }));
  const { history } = aHistory(directory, { journalBytes });
  for (let tick = 0; tick < ticks; tick += 1)
    await history.append(names.map((workload) => recordedAt(tick, workload)));
  await vi.waitFor(() => expect(segmentsOf(directory).length).toBeGreaterThan(0), 20_000);
  await history.close();

  const again = aHistory(directory);
  for (const workload of names) {
    const { decisions } = await again.history.read(workload, { limit: 1000 });
    expect(ticksOf(decisions)).toEqual(Array.from({ length: ticks }, (_, i) => ticks - 1 - i));
    expect(decisions.every(({ decision }) => decision.workload.name === workload.name)).toBe(true);
  }
  expect(again.heard.faults).toEqual([]);
  const rows = segmentsOf(directory).flatMap((file) => blocksOf(file).map((row) => ({ ...row, file })));
  const blocks = new Set(rows.map(({ file, offset }) => `${file} ${offset}`)).size;
  expect(blocks < rows.length).toBe(fleet.endsWith('together'));
});

test('a block of an older version, which names no workload, is read', async () => {
  const one = recordedAt(3);
  const lines = [`F${forecastRecord(one.decision.forecast)}\n`, `D${decisionRecord(one)}\n`];
  const packed = await packBlock(lines.map((line) => Buffer.from(line)));
  expect(await unpackBlock('shop/checkout', packed, blockCrc(packed))).toEqual([recordedAt(3, SHOP)]);
});
