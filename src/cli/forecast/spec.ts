import type { CommandSpec } from '../command-spec.ts';
import { modelFlag } from '../evaluate/model-flag.ts';
import { durationFlag, timeFlag } from '../flags.ts';

export const forecast: CommandSpec = {
  name: 'forecast',
  description: 'one forecast of the arrival rate from a recording',
  examples: [
    'prescale forecast --recording shop.csv',
    'prescale forecast --recording shop.csv --at 2026-11-21T08:00:00Z --horizon 30m --model arima --json',
  ],
  declare: (command) =>
    command
      .requiredOption('--recording <file>', 'the recording; - reads standard input')
      .option('--at <time>', 'forecast from what was known then (the end of the recording)', timeFlag)
      .option(
        '--horizon <duration>',
        'how far ahead (15m up to 5-minute steps, then an hour, 6 steps from an hour on)',
        durationFlag,
      )
      .option(
        '--step <duration>',
        "resample to this step, on the UTC clock (the recording's own)",
        durationFlag,
      )
      .option('--model <name>', 'a model, or auto: what the controller would use', modelFlag, 'auto')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
