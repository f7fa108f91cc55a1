/**
 * Loaded before the controller (`node --import`): a wall clock that is PRESCALE_CLOCK_JUMP_SECONDS behind from a SIGUSR2
 * to the next, and as far ahead from a SIGWINCH to the next. The monotonic clock goes on undisturbed, as it does where
 * somebody sets a machine's time.
 */
import process from 'node:process';

const RealDate = Date;
const jumpMs = Number(process.env.PRESCALE_CLOCK_JUMP_SECONDS) * 1000;
let offsetMs = 0;

for (const [signal, shiftMs] of [
  ['SIGUSR2', -jumpMs],
  ['SIGWINCH', jumpMs],
])
  process.on(signal, () => {
    offsetMs = offsetMs === 0 ? shiftMs : 0;
  });

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offsetMs);
    else super(...given);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};
