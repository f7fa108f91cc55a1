/** `npm run soak:fleet`, first part: PRESCALE_SOAK_VIRTUAL_HOURS (72) of virtual time; exit 1 where the heap grows. */
import { slopeText } from './heap-slope.ts';
import { soakVirtually } from './virtual-soak.ts';

const HOURS = Number(process.env['PRESCALE_SOAK_VIRTUAL_HOURS'] ?? 72);
/** For sure, in an hour of virtual time. */
const GROWTH_BYTES_PER_HOUR = 20_000;

const { ticks, realSeconds, slope, mostHeapBytes } = await soakVirtually(HOURS, ['dist/cli.js'], 1);
process.stdout.write(
  `${HOURS} h of virtual time: ${ticks} ticks in ${realSeconds.toFixed(0)} s, ` +
    `heap at most ${(mostHeapBytes / 1e6).toFixed(1)} MB, growing by ${slopeText(slope)}\n`,
);
if (slope === undefined || slope.lowBytesPerHour > GROWTH_BYTES_PER_HOUR) process.exitCode = 1;
