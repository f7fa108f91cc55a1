import { crc32 } from 'node:zlib';
import type { Spread, TrendRow } from '../../domain/trend.ts';

const FIGURES = 17;
/** The figures as doubles, then a checksum of them. NaN stands for what there is not. */
export const ROW_BYTES = (FIGURES + 1) * 8;

export function bytesOfRow(row: TrendRow): Buffer {
  const { arrivalRateRps: rate, recommendedReplicas: recommended } = row;
  const figures = [
    row.atMs,
    row.decisions,
    ...figuresOf(rate),
    rate?.sum ?? NaN,
    rate?.count ?? NaN,
    ...figuresOf(row.currentReplicas),
    ...figuresOf(row.readyReplicas),
    ...figuresOf(recommended),
    row.sloViolationProbability ?? NaN,
  ];
  const bytes = Buffer.alloc(ROW_BYTES);
  figures.forEach((figure, index) => bytes.writeDoubleLE(figure, index * 8));
  bytes.writeUInt32LE(crc32(bytes.subarray(0, FIGURES * 8)), FIGURES * 8);
  return bytes;
}

function figuresOf(spread: Spread | null): readonly number[] {
  return spread ? [spread.min, spread.max, spread.last] : [NaN, NaN, NaN];
}

/** undefined where there is no row, or not the one that was written. */
export function rowFromBytes(bytes: Buffer): TrendRow | undefined {
  if (bytes.length < ROW_BYTES) return undefined;
  if (crc32(bytes.subarray(0, FIGURES * 8)) !== bytes.readUInt32LE(FIGURES * 8)) return undefined;
  const at = (index: number): number => bytes.readDoubleLE(index * 8);
  const spreadAt = (index: number): Spread => ({ min: at(index), max: at(index + 1), last: at(index + 2) });
  const orNull = <T>(index: number, value: T): T | null => (Number.isNaN(at(index)) ? null : value);
  return {
    atMs: at(0),
    decisions: at(1),
    arrivalRateRps: orNull(2, { ...spreadAt(2), sum: at(5), count: at(6) }),
    currentReplicas: spreadAt(7),
    readyReplicas: spreadAt(10),
    recommendedReplicas: orNull(13, spreadAt(13)),
    sloViolationProbability: orNull(16, at(16)),
  };
}
