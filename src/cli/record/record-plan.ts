import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { RecordColumn } from './column-flag.ts';
import type { RecordPlan } from './read-rows.ts';

/** The flags of `prescale record` as its spec parses them. */
export interface RecordFlags {
  readonly prometheus?: string;
  readonly prometheusConfig?: string;
  readonly source?: string;
  readonly query: string;
  readonly column?: readonly RecordColumn[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Seconds. */
  readonly step: number;
  readonly out: string;
  readonly json?: boolean;
}

/** What to record; throws `usage` where flags do not go together. Times are moved inwards onto the step's grid. */
export function recordPlan(flags: RecordFlags): RecordPlan {
  refuseContradictions(flags);
  const stepMs = flags.step * MS_PER_SECOND;
  const fromMs = Math.ceil(flags.from / stepMs) * stepMs;
  const toMs = Math.floor(flags.to / stepMs) * stepMs;
  if (toMs <= fromMs) {
    const slot = `at least one whole slot of ${durationFromSeconds(flags.step)} after --from`;
    throw usage('--to', `${isoFromMs(flags.to)} with --from ${isoFromMs(flags.from)}`, slot);
  }
  const arrivals: RecordColumn = { column: 'arrival_rate_rps', metric: 'arrivalRate', query: flags.query };
  return { columns: [arrivals, ...(flags.column ?? [])], fromMs, toMs, stepSeconds: flags.step };
}

function refuseContradictions({ prometheus, prometheusConfig, source, out, json }: RecordFlags): void {
  if ((prometheus === undefined) === (prometheusConfig === undefined))
    throw usage(
      '--prometheus',
      prometheus === undefined ? 'neither it nor --prometheus-config' : 'it and --prometheus-config',
      'one of --prometheus and --prometheus-config',
    );
  if (source !== undefined && prometheusConfig === undefined)
    throw usage('--source', 'no --prometheus-config', 'only with --prometheus-config');
  if (json === true && out === '-')
    throw usage('--json', '--out -', 'only with --out FILE: the rows are the output');
}

function usage(flag: string, got: string, allowed: string): PrescaleError {
  return new PrescaleError('usage', `${flag}: got ${got}, allowed: ${allowed}`);
}
