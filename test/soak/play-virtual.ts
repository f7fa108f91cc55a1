/** `npm run soak:fleet`, first part: PRESCALE_SOAK_VIRTUAL_HOURS (72) of virtual time; exit 1 where the heap grows. */
import { slopeText } from './heap-slope.ts';
import { soakVirtually } from './virtual-soak.ts';

const HOURS = Number(process.env['PRESCALE_SOAK_VIRTUAL_HOURS'] ?? 72);
/** For sure, in an hour of virtual time. */
const GROWTH_BYTES_PER_HOUR = 20_000;
/** Of the whole heap after a fifth of the run: machine code, and what is being packed at either end. */
const MOST_RISE_BYTES = 4_000_000;

const {
  ticks,
  realSeconds,
  slope,
  riseBytes = Infinity,
  mostHeapBytes,
} = await soakVirtually(HOURS, ['dist/cli.js'], 1);
process.stdout.write(
  `${HOURS} h of virtual time: ${ticks} ticks in ${realSeconds.toFixed(0)} s, ` +
    `heap at most ${(mostHeapBytes / 1e6).toFixed(1)} MB, at the end ${(riseBytes / 1e6).toFixed(1)} MB above its fifth, ` +
    `what is kept growing by ${slopeText(slope)}\n`,
);
if (slope === undefined || slope.lowBytesPerHour > GROWTH_BYTES_PER_HOUR || riseBytes > MOST_RISE_BYTES)
  process.exitCode = 1;
