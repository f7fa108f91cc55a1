/**
 * The learned service rate against simulated truth: `npx tsx test/simulator/service-rate-table.ts`. First the error and
 * the interval's coverage per utilization, then how fast a drop of 30 % is noticed, then the false alarms of 30 days.
 */
import { learnServiceRate } from '../../src/capacity/learn-service-rate.ts';
import type { WorkSample } from '../../src/capacity/work-sample.ts';
import { exponential, lognormal, type Draw } from './distributions.ts';
import { simulateSlots, withOutliers } from './simulate-slots.ts';

export const OUTLIER_SHARE = 0.01;
const SLOT_SECONDS = 60;
const SERVICE_RATE_RPS = 25;
const DAY_SLOTS = 1440;
const RUNS = 50;

interface LoadCase {
  readonly servers: number;
  readonly utilization: number;
  readonly service: (rateRps: number) => Draw;
}

/** What was learned in the end, from `slots` slots with 1 % outliers. */
export function learnedAt({ servers, utilization, service }: LoadCase, slots: number, seed: number) {
  const arrivals = utilization * servers * SERVICE_RATE_RPS;
  const draw = service(SERVICE_RATE_RPS);
  const samples = simulateSlots(
    { servers, arrivalRateRps: () => arrivals, mostArrivalsRps: arrivals, serviceAt: () => draw },
    { slots, slotSeconds: SLOT_SECONDS, seed },
  );
  return learn(withOutliers(samples, OUTLIER_SHARE, seed));
}

const learn = (samples: readonly WorkSample[]) =>
  learnServiceRate({ samples, stepSeconds: SLOT_SECONDS, source: 'busySlots' });

/** Minutes until a rate that falls to `afterRatio` of itself at minute `dropMinute` is noticed; Infinity: never. */
export function detectionMinutes(rps: number, afterRatio: number, seed: number): number {
  const dropMinute = 90;
  const servers = Math.ceil((2 * rps) / SERVICE_RATE_RPS);
  const before = exponential(SERVICE_RATE_RPS);
  const after = exponential(SERVICE_RATE_RPS * afterRatio);
  const samples = withOutliers(
    simulateSlots(
      {
        servers,
        arrivalRateRps: () => rps,
        mostArrivalsRps: rps,
        serviceAt: (atSeconds) => (atSeconds < dropMinute * SLOT_SECONDS ? before : after),
      },
      { slots: dropMinute + 30, slotSeconds: SLOT_SECONDS, seed },
    ),
    OUTLIER_SHARE,
    seed,
  );
  for (let minute = dropMinute; minute < samples.length; minute += 1) {
    const learned = learn(samples.slice(0, minute + 1));
    if (learned.kind === 'learned' && learned.drop !== null) return minute + 1 - dropMinute;
  }
  return Infinity;
}

/** Changes called in days of a steady rate under a load that swings daily between half and one and a half `meanRps`. */
export function falseAlarms(days: number, meanRps: number, seed: number) {
  const servers = Math.ceil((2 * meanRps) / SERVICE_RATE_RPS);
  const draw = exponential(SERVICE_RATE_RPS);
  const samples = simulateSlots(
    {
      servers,
      arrivalRateRps: (atSeconds) => meanRps * (1 + 0.5 * Math.sin((2 * Math.PI * atSeconds) / 86_400)),
      mostArrivalsRps: 1.5 * meanRps,
      serviceAt: () => draw,
    },
    { slots: days * DAY_SLOTS, slotSeconds: SLOT_SECONDS, seed },
  );
  return alarmsTold(withOutliers(samples, OUTLIER_SHARE, seed));
}

/** As the controller sees it: at each minute the history of the last three hours; an alarm is a new drop that is told. */
function alarmsTold(samples: readonly WorkSample[]): number {
  const window = 180;
  let alarms = 0;
  let quietUntil = 0;
  for (let minute = window; minute <= samples.length; minute += 1) {
    const learned = learn(samples.slice(minute - window, minute));
    if (learned.kind === 'unknown' || learned.drop === null || minute < quietUntil) continue;
    alarms += 1;
    quietUntil = minute + 90;
  }
  return alarms;
}

function main(): void {
  console.log('service utilization servers: largest error of 50 runs of 3 h, intervals that hold the truth');
  const services = { exponential, lognormal4: (rate: number) => lognormal(1 / rate, 4) };
  for (const [name, service] of Object.entries(services))
    for (const servers of [2, 8])
      for (const utilization of [0.3, 0.5, 0.7, 0.8, 0.9]) {
        const runs = Array.from({ length: RUNS }, (_, seed) =>
          learnedAt({ servers, utilization, service }, 180, seed + 1),
        );
        const known = runs.filter((run) => run.kind === 'learned');
        const worst = Math.max(...known.map(({ rateRps }) => Math.abs(rateRps / SERVICE_RATE_RPS - 1)));
        const covered = known.filter(
          ({ lowerRps, upperRps }) => lowerRps <= SERVICE_RATE_RPS && SERVICE_RATE_RPS <= upperRps,
        ).length;
        console.log(
          `${name} ${utilization} ${servers}: ${(100 * worst).toFixed(2)} %, ${covered} of ${known.length} cover, ${runs.length - known.length} unknown`,
        );
      }
  console.log('minutes until a drop of 30 % is noticed, by load: median, largest of 100');
  for (const rps of [2, 5, 10, 50, 200]) {
    const minutes = Array.from({ length: 100 }, (_, seed) => detectionMinutes(rps, 0.7, seed + 1)).sort(
      (a, b) => a - b,
    );
    console.log(`${rps} rps: ${minutes[50]}, ${minutes[99]}`);
  }
  console.log('false alarms in 30 days, by mean load');
  for (const rps of [2, 5, 10, 20]) console.log(`${rps} rps: ${falseAlarms(30, rps, 7)}`);
}

if (process.argv[1]?.endsWith('service-rate-table.ts')) main();
