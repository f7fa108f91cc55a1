import { basename } from 'node:path';
import type { PolicyFlags } from '../bootstrap/policies-to-read.ts';

/** The flags as spec.ts declares and parses them. */
export interface TrainFlags extends PolicyFlags {
  readonly recording?: readonly string[];
  /** Where histories of the policies' workloads are kept. */
  readonly seriesDir?: string;
  readonly out: string;
  /** A network to fine-tune. */
  readonly from?: string;
  readonly generated: number;
  readonly epochs: number;
  readonly patience: number;
  readonly units?: number;
  readonly seed: number;
  readonly resume?: true;
  readonly json?: true;
}

/** What was learned from, as the command has it. */
export function dataText({ recording = [], seriesDir, namespace }: TrainFlags): string {
  return [
    ...(recording.length > 0 ? [`--recording ${recording.map((file) => basename(file)).join(',')}`] : []),
    ...(seriesDir === undefined ? [] : [`--series-dir ${basename(seriesDir)}`]),
    ...(seriesDir === undefined || namespace === undefined ? [] : [`--namespace ${namespace}`]),
  ].join(' ');
}
