import { crc32 } from 'node:zlib';

/** One block of a segment. */
export interface BlockRow {
  readonly key: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

export interface SegmentIndex {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Decisions before this instant were lost; null where none were. */
  readonly lostBeforeMs: number | null;
  /** The blocks of a workload stand in the order of time. */
  readonly blocks: readonly BlockRow[];
}

const MAGIC = 0x50534831;
/** Offset and length of the index, its crc32, and the magic number: the last bytes of a segment. */
export const FOOTER_BYTES = 8 + 4 + 4 + 4;

/** Stands at `offset`, after the blocks, and ends the file. */
export function segmentTail(index: SegmentIndex, offset: number): Buffer {
  const text = Buffer.from(JSON.stringify(index));
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeDoubleBE(offset, 0);
  footer.writeUInt32BE(text.length, 8);
  footer.writeUInt32BE(crc32(text), 12);
  footer.writeUInt32BE(MAGIC, 16);
  return Buffer.concat([text, footer]);
}

export interface Extent {
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

/** Where the index stands in a file of `fileBytes` that ends in `footer`. Throws where it cannot be one. */
export function indexExtent(footer: Buffer, fileBytes: number): Extent {
  const extent = {
    offset: footer.readDoubleBE(0),
    bytes: footer.readUInt32BE(8),
    crc: footer.readUInt32BE(12),
  };
  if (footer.readUInt32BE(16) !== MAGIC || extent.offset + extent.bytes + FOOTER_BYTES !== fileBytes)
    throw new Error('it does not end as a segment does');
  return extent;
}

/** Throws where `text` is not the index that was written. */
export function parseSegmentIndex(text: Buffer, crc: number): SegmentIndex {
  if (crc32(text) !== crc) throw new Error('its index is not as it was written');
  return JSON.parse(text.toString()) as SegmentIndex;
}
