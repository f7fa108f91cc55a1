import { basename } from 'node:path';
import type { PolicyFlags } from '../bootstrap/policies-to-read.ts';
import type { Share } from '../bootstrap/share-flag.ts';

/** The flags as spec.ts declares and parses them. */
export interface TrainFlags extends PolicyFlags {
  readonly recording?: readonly string[];
  /** Where histories of the policies' workloads are kept. */
  readonly seriesDir?: string;
  /** One network for each class of the policies' workloads, */
  readonly byClass?: true;
  /** of these classes alone, */
  readonly class?: readonly string[];
  /** of a share of them alone. Either means by class too. */
  readonly share?: Share;
  readonly out: string;
  /** A network to fine-tune. */
  readonly from?: string;
  readonly generated: number;
  /** Generated series with live metrics and rollouts. */
  readonly generatedLive: number;
  /** Groups of features (features-flag.ts). */
  readonly features?: readonly string[];
  readonly epochs: number;
  readonly patience: number;
  readonly units?: number;
  readonly seed: number;
  readonly resume?: true;
  readonly json?: true;
}

/** Whether each class of workloads gets a network of its own. */
export function isByClass({ byClass, class: classes, share }: TrainFlags): boolean {
  return byClass !== undefined || classes !== undefined || share !== undefined;
}

/** What was learned from, as the command has it. */
export function dataText(flags: TrainFlags): string {
  const { recording = [], seriesDir, namespace, class: classes = [], features, generatedLive } = flags;
  return [
    ...(recording.length > 0 ? [`--recording ${recording.map((file) => basename(file)).join(',')}`] : []),
    ...(seriesDir === undefined ? [] : [`--series-dir ${basename(seriesDir)}`]),
    ...(seriesDir === undefined || namespace === undefined ? [] : [`--namespace ${namespace}`]),
    ...(classes.length > 0 ? [`--class ${classes.join(',')}`] : []),
    ...(features === undefined ? [] : [`--features ${features.join(',')}`]),
    ...(generatedLive > 0 ? [`--generated-live ${generatedLive}`] : []),
  ].join(' ');
}
