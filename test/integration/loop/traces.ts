/** What the loop is played on: a few days of real traces, or of made-up ones where there are none. */
import type { Recording } from '../../../src/observe/recording/recording.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { aPolicy } from '../../builders/policy.ts';
import { HAS_TRACES, traceDays } from '../prometheus/trace-days.ts';

/** Quiet and bursty, 1 and 5 minutes; bank_calls has nights without a row, and its last 6 hours begin in one. */
const TRACES = [
  { name: 'nasa_jul95_1m', fromMs: Date.UTC(1995, 6, 12), days: 2 },
  { name: 'wc98_june_1m', fromMs: Date.UTC(1998, 5, 9), days: 2 },
  { name: 'twitter_prod_1980_1m', fromMs: Date.UTC(1980, 8, 27), days: 2 },
  { name: 'bank_calls_2003_5m', fromMs: Date.UTC(2003, 2, 5), days: 2.5 },
];

export async function tracesToPlay(): Promise<readonly Recording[]> {
  if (!HAS_TRACES) return [madeUp('steady', 1), madeUp('noisy', 2), madeUp('gappy', 3)];
  return Promise.all(TRACES.map(({ name, fromMs, days }) => traceDays(name, fromMs, days)));
}

/** Its mean load needs 14 servers at full use, as in the closed-loop referee's physics; one server a replica. */
export function policyForTrace(recording: Recording, arrivalRateQuery: string): Policy {
  const { values } = recording.columns.arrivalRate;
  const present = [...values].filter((value) => !Number.isNaN(value));
  const meanRps = present.reduce((sum, value) => sum + value, 0) / present.length;
  const serviceRateRps = meanRps / 14;
  return aPolicy({
    workload: { namespace: 'traces', name: recording.name },
    minReplicas: 1,
    maxReplicas: 1000,
    metrics: {
      queries: { arrivalRate: arrivalRateQuery },
      staleAfterSeconds: Math.max(120, recording.stepSeconds + 30),
    },
    capacity: { serviceRateRps, serversPerReplica: 1, dispatch: 'Central', startupSeconds: 180 },
    slo: { responseSeconds: 5 / serviceRateRps },
    cost: { perReplicaHour: 0.04, perViolation: 1e-5 },
    forecast: {
      stepSeconds: recording.stepSeconds,
      lookbackSeconds: 2 * 86_400,
      models: ['arima', 'moving-average'],
    },
  });
}

const SLOTS = 2 * 1440;

/** Two days at one minute: a daily shape with noise; `gappy` has no rows in its last evening for 20 minutes. */
function madeUp(name: string, seed: number): Recording {
  const random = createRandom(seed);
  const startAtMs = Date.UTC(2025, 6, 21);
  const values = Float64Array.from({ length: SLOTS }, (_, slot) =>
    name === 'gappy' && slot > SLOTS - 100 && slot < SLOTS - 80
      ? Number.NaN
      : (120 - 80 * Math.cos((2 * Math.PI * slot) / 1440)) * (0.9 + 0.2 * random()),
  );
  const arrivalRate = { startAtMs, stepSeconds: 60, values };
  return { name, stepSeconds: 60, startAtMs, columns: { arrivalRate }, notANumberSlots: {}, warnings: [] };
}
