import type { FileHandle } from 'node:fs/promises';
import type { RecordedDecision } from './decision-history.ts';
import { readExtent, withFile, type Generation, type GenerationPage } from './generation.ts';
import { unpackBlock } from './segment-block.ts';
import { FOOTER_BYTES, indexExtent, parseSegmentIndex, type SegmentIndex } from './segment-index.ts';

/**
 * A segment as a generation. Of its index only the span of time is kept: at 30 days of 200 workloads the indexes of all
 * segments are tens of megabytes. Rejects where the file is not a whole segment.
 */
export async function openSegment(file: string, sequence: number): Promise<Generation> {
  const { bytes, firstAtMs, lastAtMs, lostBeforeMs } = await withFile(file, async (handle) => {
    const { size } = await handle.stat();
    return { bytes: size, ...(await readIndex(handle, size)) };
  });
  return {
    sequence,
    file,
    bytes: () => bytes,
    firstAtMs: () => firstAtMs,
    lastAtMs: () => lastAtMs,
    lostBeforeMs: () => lostBeforeMs ?? -Infinity,
    newest: (key, options) => withFile(file, (handle) => newestIn(handle, { bytes, key, ...options })),
  };
}

async function readIndex(handle: FileHandle, fileBytes: number): Promise<SegmentIndex> {
  if (fileBytes < FOOTER_BYTES) throw new Error('it is too short for a segment');
  const footer = await readExtent(handle, { offset: fileBytes - FOOTER_BYTES, bytes: FOOTER_BYTES });
  const extent = indexExtent(footer, fileBytes);
  return parseSegmentIndex(await readExtent(handle, extent), extent.crc);
}

interface Wanted {
  readonly bytes: number;
  readonly key: string;
  readonly limit: number;
  readonly beforeMs: number;
}

async function newestIn(
  handle: FileHandle,
  { bytes, key, limit, beforeMs }: Wanted,
): Promise<GenerationPage> {
  const { blocks } = await readIndex(handle, bytes);
  const decisions: RecordedDecision[] = [];
  const damagedUntilMs: number[] = [];
  const wanted = blocks.filter((block) => block.key === key && block.firstAtMs < beforeMs).reverse();
  for (const block of wanted) {
    if (decisions.length >= limit) break;
    try {
      const unpacked = await unpackBlock(key, await readExtent(handle, block), block.crc);
      decisions.push(...unpacked.filter(({ decision }) => decision.decidedAtMs < beforeMs).reverse());
    } catch {
      damagedUntilMs.push(block.lastAtMs);
    }
  }
  return { decisions: decisions.slice(0, limit), damagedUntilMs };
}
