import type { HistoriesRead } from './read-histories.ts';
import type { Share } from './share-flag.ts';

/** What a run of the command has come to; as it is, the answer for programs. */
export interface BootstrapSummary extends HistoriesRead {
  readonly share: Share;
  /** Of the share. */
  readonly workloads: number;
  /** Whose history was there before. */
  readonly known: number;
}

/** One line for people. */
export function summaryText({ share, workloads, known, read, ...rest }: BootstrapSummary): string {
  const { empty, refused, failed } = rest;
  const counts: readonly (readonly [number, string])[] = [
    [known, 'known before'],
    [read.length, 'read'],
    [empty.length, 'without samples'],
    [refused.length, 'with a query that is refused'],
    [failed.length, 'not read: run it again'],
  ];
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const of = `share ${share.index}/${share.count}: ${workloads} workload${workloads === 1 ? '' : 's'}`;
  return `${[of, ...told].join(', ')}\n`;
}
