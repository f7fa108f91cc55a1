/** One series of slots as a file holds it: 40 bytes of header, then a Float64 per slot, NaN where nothing is known. */
import { crc32 } from 'node:zlib';
import type { TimeSeries } from '../domain/time-series.ts';

const MAGIC = 'prescale-series1';
const HEADER_BYTES = 40;
const [START_AT, STEP_AT, CHECK_AT] = [16, 24, 32];
const SLOT_BYTES = Float64Array.BYTES_PER_ELEMENT;

export function seriesFile({ startAtMs, stepSeconds, values }: TimeSeries): Buffer {
  const file = Buffer.alloc(HEADER_BYTES + values.length * SLOT_BYTES);
  file.write(MAGIC, 'latin1');
  file.writeDoubleLE(startAtMs, START_AT);
  file.writeDoubleLE(stepSeconds, STEP_AT);
  values.forEach((value, slot) => file.writeDoubleLE(value, HEADER_BYTES + slot * SLOT_BYTES));
  file.writeUInt32LE(checksum(file), CHECK_AT);
  return file;
}

/** undefined: not such a file, one that was cut off, or one of which a bit has turned. */
export function seriesFromFile(file: Buffer): TimeSeries | undefined {
  const slots = (file.length - HEADER_BYTES) / SLOT_BYTES;
  if (!(slots >= 0 && Number.isInteger(slots)) || file.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return undefined;
  if (file.readUInt32LE(CHECK_AT) !== checksum(file)) return undefined;
  return {
    startAtMs: file.readDoubleLE(START_AT),
    stepSeconds: file.readDoubleLE(STEP_AT),
    values: Float64Array.from({ length: slots }, (_, slot) =>
      file.readDoubleLE(HEADER_BYTES + slot * SLOT_BYTES),
    ),
  };
}

/** Of all but the place where it stands itself. */
function checksum(file: Buffer): number {
  return crc32(file.subarray(HEADER_BYTES), crc32(file.subarray(0, CHECK_AT)));
}
