import { durationFlag, listFlag, positiveDurationFlag } from '../flags.ts';
import type { CommandSpec } from '../command-spec.ts';
import { EVALUATED_NAMES, modelFlag, modelsFlag } from './model-flag.ts';

export const evaluate: CommandSpec = {
  name: 'evaluate',
  description: "rolling-origin accuracy of every forecast model over a recording's last third",
  examples: [
    'prescale evaluate --recording shop.csv',
    'prescale evaluate --recording shop.csv --step 5m --models auto,seasonal-naive --json',
    'prescale evaluate --recording a.csv,b.csv --models auto --forecasts auto.jsonl',
  ],
  declare: (command) =>
    command
      .requiredOption('--recording <file...>', 'recordings to evaluate on; - reads standard input', listFlag)
      .option('--models <names>', `models, separated by commas (${EVALUATED_NAMES.join(',')})`, modelsFlag)
      .option(
        '--step <duration>',
        "resample to this step, on the UTC clock (the recording's own)",
        durationFlag,
      )
      .option(
        '--horizon <duration>',
        'how far ahead (15m up to 5-minute steps, then an hour, 6 steps from an hour on)',
        durationFlag,
      )
      .option(
        '--every <duration>',
        'time between two forecasts; each step where one is longer',
        positiveDurationFlag,
        900,
      )
      .option(
        '--lookback <duration>',
        'history that models are given (all before the forecast)',
        durationFlag,
      )
      .option('--forecasts <file>', "write one model's forecasts as JSON lines")
      .option('--model <name>', 'with --forecasts: the model whose forecasts are written (auto)', modelFlag)
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
