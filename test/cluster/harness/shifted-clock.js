/**
 * Loaded before the controller (`node --import`): a wall clock that jumps by PRESCALE_CLOCK_JUMP_SECONDS at each SIGUSR2,
 * forth and back. The monotonic clock goes on undisturbed, as it does where somebody sets a machine's time.
 */
import process from 'node:process';

const RealDate = Date;
const jumpMs = Number(process.env.PRESCALE_CLOCK_JUMP_SECONDS) * 1000;
let offsetMs = 0;

process.on('SIGUSR2', () => {
  offsetMs = offsetMs === 0 ? jumpMs : 0;
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
