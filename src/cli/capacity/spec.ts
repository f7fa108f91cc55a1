import type { CommandSpec } from '../command-spec.ts';
import { numberFlag } from '../flags.ts';

export const capacity: CommandSpec = {
  name: 'capacity',
  description: 'what a replica can do, learned from a recording: service rate and scalability law',
  examples: [
    // The shop's recording has no replicas: it tells the service rate, and not how that changes with their number.
    'prescale capacity --recording deploy/demo/web-shop.csv.gz',
    'prescale capacity --recording load-test.csv --saturated --servers-per-replica 8 --json',
  ],
  declare: (command) =>
    command
      .requiredOption('--recording <file>', 'the recording; - reads standard input')
      .option(
        '--servers-per-replica <count>',
        'requests one replica works on at a time, where busy_slots is not recorded',
        numberFlag({ min: 1, max: 100_000, integer: true }),
        1,
      )
      .option('--saturated', 'the recording is a load test: every row ran at full use')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
