/** The made-up fleet of the scale bench: what its Prometheus holds, and the policies that ask for it. */
import { createRandom } from '../../../src/domain/random.ts';
import { DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aPolicy } from '../../builders/policy.ts';

export const HISTORY_END_MS = Date.UTC(2026, 10, 2, 12);
const STEP_SECONDS = 60;
const SECONDS_PER_DAY = 86_400;

/** A counter of requests per workload, a sample a minute for `minutes` up to the end, as OpenMetrics text in pieces. */
export function* countersText(workloads: number, minutes: number): Generator<string> {
  yield '# TYPE http_requests counter\n';
  const endSeconds = HISTORY_END_MS / 1000;
  for (let index = 0; index < workloads; index += 1) {
    const random = createRandom(index + 1);
    const [heightRps, phase] = [5 * 100 ** random(), 2 * Math.PI * random()];
    let total = 0;
    const lines = Array.from({ length: minutes + 1 }, (_, minute) => {
      const atSeconds = endSeconds - (minutes - minute) * STEP_SECONDS;
      const shape = 1 + 0.5 * Math.sin((2 * Math.PI * atSeconds) / SECONDS_PER_DAY + phase);
      total += Math.round(heightRps * shape * (0.9 + 0.2 * random()) * STEP_SECONDS);
      return `http_requests_total{app="${nameOf(index)}"} ${total} ${atSeconds}\n`;
    });
    yield lines.join('');
  }
  yield '# EOF\n';
}

/** Minutes by which they look back further than there are data. */
const ROOM_MINUTES = 60;

/**
 * Histories grow, as a fleet's do in its first hours. One of three hours that slides is begun anew every quarter of an hour,
 * and all is learnt again: nobody would set that.
 */
export function policies(workloads: number, historyMinutes: number): Policy[] {
  const lookbackSeconds = (historyMinutes + ROOM_MINUTES) * STEP_SECONDS;
  return Array.from({ length: workloads }, (_, index) => {
    const name = nameOf(index);
    const query = `sum(rate(http_requests_total{app="${name}"}[2m]))`;
    return aPolicy({
      workload: { namespace: 'bench', name },
      maxReplicas: 1000,
      metrics: { queries: { arrivalRate: query } },
      forecast: { models: DEFAULT_CHAIN, lookbackSeconds },
    });
  });
}

/** What `policies` ask for, of all workloads at once. */
export const FLEET_QUERY = 'sum by (app) (rate(http_requests_total[2m]))';

function nameOf(index: number): string {
  return `w${index}`;
}
