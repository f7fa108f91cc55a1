import type { CommandSpec } from '../command-spec.ts';
import { listFlag } from '../flags.ts';
import { BASELINE_NAMES, baselinesFlag } from './baselines-flag.ts';
import { requireFlag } from './require-flag.ts';

export const replay: CommandSpec = {
  name: 'replay',
  description:
    'would it have been better? the controller in closed loop on a recording, beside what you run today',
  examples: [
    'prescale replay --policy deploy/demo/checkout.yaml --recording deploy/demo/web-shop.csv.gz --html replay.html',
    'prescale replay --policy checkout.yaml --recording shop.csv --baselines hpa,static,oracle --json',
    "prescale replay --policy checkout.yaml --recording shop.csv --require 'violations <= hpa' --require 'cost <= 0.9*hpa'",
    'prescale replay --policy checkout.yaml --recording shop.csv --physics world.json --plan plan.csv',
  ],
  declare: (command) =>
    command
      .requiredOption('--policy <file>', 'the policy; the first of the file; - reads standard input')
      .requiredOption(
        '--recording <file...>',
        'recordings of the arrival rate, or folders of them; - reads standard input',
        listFlag,
      )
      .option(
        '--baselines <names>',
        `what to compare with, separated by commas (${BASELINE_NAMES.join(',')}; all)`,
        baselinesFlag,
      )
      .option(
        '--plugin <module...>',
        'policies of your own: ES modules that export name and create',
        listFlag,
      )
      .option(
        '--requests',
        'play what is reported once more, every request simulated with the policy’s dispatch: minutes where there are many',
      )
      .option('--plan <file>', 'write the desired replicas as CSV: timestamp,replicas')
      .option('--plan-policy <name>', 'whose desired replicas --plan writes', 'prescale')
      .option('--physics <file>', 'the simulated world as JSON: stepSeconds, metricLagSeconds, …')
      .option(
        '--require <condition>',
        "exit 1 where it does not hold: 'violations <= hpa', 'cost <= 0.9*hpa-tuned'; may be repeated",
        requireFlag,
      )
      .option('--markdown <file>', 'write a summary for a pull request')
      .option(
        '--html <file>',
        'write a page with everything: verdict, table, charts, the worst minutes explained',
      )
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
