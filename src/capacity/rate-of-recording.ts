import type { RateSource } from '../domain/service-rate.ts';
import { refused, type Refused } from './fit-scalability.ts';
import { findRateChanges, type RateChange } from './rate-changes.ts';
import { estimateServiceRate, MIN_RATE_SAMPLES, type RateEstimate } from './service-rate.ts';
import { workHistory, type WorkColumns } from './work-history.ts';

/** The service rate over a whole recording. */
export type RecordingRate =
  | (RateEstimate & {
      readonly kind: 'estimated';
      readonly source: RateSource;
      readonly samples: number;
      /** When the rate was seen to change, oldest first. */
      readonly changes: readonly RateChange[];
    })
  | Refused<'MissingColumn' | 'TooFewSamples'>;

/** What one server completed per second when busy, over all of the recording, and when that changed. */
export function rateOfRecording(columns: WorkColumns, serversPerReplica: number): RecordingRate {
  const history = workHistory(columns, { serversPerReplica, contention: 0, coherency: 0 });
  if ('missing' in history) return refused('MissingColumn', `no history of ${history.missing}`);
  const { samples, stepSeconds, source } = history;
  if (samples.length < MIN_RATE_SAMPLES)
    return refused('TooFewSamples', `${samples.length} usable slots, it takes ${MIN_RATE_SAMPLES}`);
  const changes = findRateChanges(samples, stepSeconds);
  return { kind: 'estimated', ...estimateServiceRate(samples), source, samples: samples.length, changes };
}
