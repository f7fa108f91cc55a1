import { durationFromSeconds } from '../../domain/duration.ts';
import { SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { Summary } from './summary.ts';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1, minimumFractionDigits: 1 });

export interface Played {
  readonly tickSeconds: number;
  readonly realSeconds: number;
}

/** The end of a run, for people: one line a figure. */
export function summaryText(summary: Summary, { tickSeconds, realSeconds }: Played): string {
  const span = durationFromSeconds(Math.max(0, summary.ticks - 1) * tickSeconds);
  const rows: (readonly [string, string])[] = [
    ['played', `${span} in ${TENTHS.format(realSeconds)} s`],
    ['ticks', ticksText(summary)],
    ['decisions', `${WHOLE.format(summary.decisions)}: ${listed(summary.byOutcome)}`],
    ['changes', `${WHOLE.format(summary.scaleUps)} up, ${WHOLE.format(summary.scaleDowns)} down`],
    ['replica-hours', TENTHS.format(summary.replicaHours)],
    ['requests', requestsText(summary)],
    ['forecasts', forecastsText(summary)],
  ];
  const labelCells = Math.max(...rows.map(([label]) => label.length));
  return ['summary', ...rows.map(([label, value]) => `  ${label.padEnd(labelCells)}  ${value}`)].join('\n');
}

function ticksText({ ticks, overruns, tickSeconds: { p50, p99 } }: Summary): string {
  const took = `half within ${milliseconds(p50)}, 99 % within ${milliseconds(p99)}`;
  return `${WHOLE.format(ticks)}, ${WHOLE.format(overruns)} overrun; ${took}`;
}

function milliseconds(seconds: number): string {
  return `${TENTHS.format(1000 * seconds)} ms`;
}

function requestsText({ requests, requestsOverSlo, unmeasuredHours }: Summary): string {
  const share = requests > 0 ? ` (${((100 * requestsOverSlo) / requests).toFixed(2)} %)` : '';
  const unmeasured =
    unmeasuredHours > 0
      ? `; ${durationFromSeconds(Math.round(unmeasuredHours * SECONDS_PER_HOUR))} without a measurement not counted`
      : '';
  const estimate = 'estimated from measured rate and ready replicas';
  return `${WHOLE.format(requests)}, over the SLO ${WHOLE.format(requestsOverSlo)}${share}, ${estimate}${unmeasured}`;
}

function forecastsText({ forecasts, fallbacks }: Summary): string {
  const made = Object.keys(forecasts).length === 0 ? 'none' : listed(forecasts);
  return Object.keys(fallbacks).length === 0 ? made : `${made}; passed over: ${listed(fallbacks)}`;
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${WHOLE.format(count)}`)
    .join(', ');
}
