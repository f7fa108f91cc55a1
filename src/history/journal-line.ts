import { crc32 } from 'node:zlib';

/**
 * One line of a journal: `<crc32 of the rest> <kind> <instant> <workload> <text>`.
 * F: a forecast; D: a decision, whose forecast is the workload's F before it; L: decisions before the instant were lost.
 */
export interface JournalLine {
  readonly kind: 'F' | 'D' | 'L';
  readonly atMs: number;
  readonly key: string;
  /** JSON, hence without a line's end. */
  readonly text: string;
}

const CRC_BYTES = 8;
const LINE_END = 10;

export interface WrittenLine {
  readonly bytes: Buffer;
  /** Where `text` begins, and how long it is. */
  readonly textOffset: number;
  readonly textBytes: number;
}

export function journalLine({ kind, atMs, key, text }: JournalLine): WrittenLine {
  const head = `${kind} ${atMs} ${key} `;
  const rest = Buffer.from(`${'0'.repeat(CRC_BYTES)} ${head}${text}\n`);
  rest.write(crcText(rest.subarray(CRC_BYTES + 1, -1)), 0, 'latin1');
  const textOffset = CRC_BYTES + 1 + Buffer.byteLength(head);
  return { bytes: rest, textOffset, textBytes: rest.length - textOffset - 1 };
}

export interface ReadLine {
  readonly kind: JournalLine['kind'];
  readonly atMs: number;
  readonly key: string;
  readonly textOffset: number;
  readonly textBytes: number;
}

export interface ReadJournal {
  readonly lines: readonly ReadLine[];
  /** Length of the part that can be trusted: what follows was cut off or damaged. */
  readonly soundBytes: number;
}

/** The lines up to the first that is not as it was written: after it nothing can be trusted. */
export function readJournalLines(content: Buffer): ReadJournal {
  const lines: ReadLine[] = [];
  let offset = 0;
  for (;;) {
    const end = content.indexOf(LINE_END, offset);
    const line = end < 0 ? undefined : readLine(content, offset, end);
    if (line === undefined) return { lines, soundBytes: offset };
    lines.push(line);
    offset = end + 1;
  }
}

const HEAD = /^(?<kind>[FDL]) (?<atMs>-?\d+) (?<key>\S+) /;
/** No namespace and name are longer together. */
const MOST_HEAD_BYTES = 600;

function readLine(content: Buffer, offset: number, end: number): ReadLine | undefined {
  const restOffset = offset + CRC_BYTES + 1;
  const written = content.toString('latin1', offset, offset + CRC_BYTES);
  if (restOffset >= end || crcText(content.subarray(restOffset, end)) !== written) return undefined;
  const head = HEAD.exec(content.toString('utf8', restOffset, Math.min(end, restOffset + MOST_HEAD_BYTES)));
  const { kind, atMs, key } = head?.groups ?? {};
  if (head === null || key === undefined) return undefined;
  const textOffset = restOffset + Buffer.byteLength(head[0]);
  return {
    kind: kind as JournalLine['kind'],
    atMs: Number(atMs),
    key,
    textOffset,
    textBytes: end - textOffset,
  };
}

function crcText(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(CRC_BYTES, '0');
}
