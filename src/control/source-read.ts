import type { SeriesAnswer, SeriesRequest } from '../observe/metrics-source.ts';
import type { Member } from './fleet.ts';

/** What is asked for one workload. */
export interface Asked {
  readonly member: Member;
  readonly nowMs: number;
  readonly requests: readonly SeriesRequest[];
}

export interface Answered extends Asked {
  readonly answers: readonly SeriesAnswer[];
  /** What its source took for the whole batch. */
  readonly readSeconds: number;
}

/** What of an answer was not told; undefined: nothing, as far as the source knows. */
export function faultOf(answer: SeriesAnswer): 'sourceDown' | 'queryRejected' | 'partial' | undefined {
  if (answer.kind === 'samples') return answer.partialMessage === null ? undefined : 'partial';
  return answer.kind === 'empty' ? undefined : answer.kind;
}

/** What one source answered, to all of its workloads of a tick. */
export interface SourceRead {
  readonly answered: readonly Answered[];
  readonly readSeconds: number;
}
