import { Option } from 'commander';
import type { CommandSpec } from '../command-spec.ts';
import { positiveDurationFlag, timeFlag } from '../flags.ts';
import { columnFlag } from './column-flag.ts';

export const record: CommandSpec = {
  name: 'record',
  description: 'make a recording (CSV) of what a Prometheus holds, for dry runs and evaluation',
  examples: [
    `prescale record --prometheus http://127.0.0.1:9090 --query 'sum(rate(http_requests_total{app="checkout"}[1m]))' --from 2026-11-07 --to 2026-11-21 --out checkout.csv.gz`,
    `prescale record --prometheus-config sources.yaml --source mimir --query 'sum(rate(requests_total[5m]))' --column 'in_flight=sum(in_flight)' --from 2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z --step 5m --out -`,
  ],
  declare: (command) =>
    command
      .option('--prometheus <url>', 'the Prometheus to read')
      .option('--prometheus-config <file>', 'named Prometheus sources with auth, CA and headers (YAML)')
      .option('--source <name>', 'which source of the configuration (default)')
      .requiredOption('--query <promql>', 'the arrival rate in requests per second, as one series')
      .option(
        '--column <name=promql>',
        'a further column, such as cpu_utilization_ratio=avg(…); may be repeated',
        columnFlag,
      )
      .requiredOption('--from <time>', 'record slots that start here or later: ISO 8601', timeFlag)
      .requiredOption('--to <time>', 'and end here or earlier', timeFlag)
      .addOption(
        new Option('--step <duration>', 'length of a slot').argParser(positiveDurationFlag).default(60, '1m'),
      )
      .requiredOption('--out <file>', 'CSV file to write, gzipped if it ends in .gz; - for standard output')
      .option('--json', 'print what was recorded as JSON'),
  load: async () => (await import('./body.ts')).run,
};
