import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, crc32 } from 'node:zlib';
import type { ForecastResult } from '../domain/forecast.ts';
import type { RecordedDecision } from './decision-history.ts';
import { recordedDecision, workloadFromKey } from './record-text.ts';

/** Decisions that are compressed as one: of one workload a quarter of an hour at 15 s ticks. */
export const BLOCK_DECISIONS = 64;

/** 3 % more bytes than with 4, and a third of its time (test/bench/history). */
const QUALITY = 2;
/** Of a block's content, so that a damaged length cannot ask for all the memory: 64 of the largest decisions. */
const MOST_BLOCK_BYTES = 64_000_000;

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/**
 * Lines of a block: "K" + a workload, then of it "F" + a forecast, then "D" + each decision that was made with it. Blocks
 * that were written before 27 November 2026 are of one workload and do not name it.
 */
export function packBlock(lines: readonly Buffer[]): Promise<Buffer> {
  return compress(Buffer.concat(lines), { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
}

export function blockCrc(packed: Buffer): number {
  return crc32(packed);
}

/** The decisions of one workload, oldest first. Rejects where the block is not what was written. */
export async function unpackBlock(
  key: string,
  packed: Buffer,
  crc: number,
): Promise<readonly RecordedDecision[]> {
  if (blockCrc(packed) !== crc) throw new Error('a block is not as it was written');
  const content = await decompress(packed, { maxOutputLength: MOST_BLOCK_BYTES });
  return decisionsOf(key, content.toString());
}

function decisionsOf(key: string, content: string): readonly RecordedDecision[] {
  const workload = workloadFromKey(key);
  const decisions: RecordedDecision[] = [];
  let forecast: ForecastResult | undefined;
  let isWanted = true;
  for (const line of content.split('\n')) {
    if (line.startsWith('K')) isWanted = line.slice(1) === key;
    else if (!isWanted) continue;
    else if (line.startsWith('F')) forecast = JSON.parse(line.slice(1)) as ForecastResult;
    else if (forecast && line !== '') decisions.push(recordedDecision(workload, line.slice(1), forecast));
  }
  return decisions;
}
