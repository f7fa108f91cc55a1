import { Option } from 'commander';
import type { CommandSpec } from '../command-spec.ts';
import { numberFlag } from '../flags.ts';
import { DISPATCH_BY_FLAG } from './dispatch-flags.ts';

const MOST_RPS = 1e12;
const MOST_SERVERS = 1e9;
const MOST_VARIATION = 1000;
const rate = numberFlag({ min: 0, max: MOST_RPS });
const positive = numberFlag({ min: 0, max: MOST_RPS, above: true });
const ratio = numberFlag({ min: 0, max: 1 });
const variation = numberFlag({ min: 0, max: MOST_VARIATION });
const count = numberFlag({ min: 1, max: MOST_SERVERS, integer: true });

export const size: CommandSpec = {
  name: 'size',
  description: 'the queueing answer: how many replicas an arrival rate needs within an SLO',
  examples: [
    'prescale size --arrival-rate-rps 900 --service-rate-rps 25 --slo-seconds 0.25 --servers-per-replica 8',
    'prescale size --arrival-rate-rps 900 --service-rate-rps 25 --slo-seconds 0.25 --replica-cost-per-hour 0.12 --violation-cost 0.0004 --explain',
    'prescale size --arrival-rate-rps 900 --service-rate-rps 25 --slo-seconds 0.25 --dispatch random --replicas 60 --json',
  ],
  declare: (command) =>
    command
      .requiredOption('--arrival-rate-rps <rate>', 'requests that arrive per second', rate)
      .requiredOption('--service-rate-rps <rate>', 'requests per second one server completes', positive)
      .requiredOption('--slo-seconds <seconds>', 'response time that a request must not exceed', rate)
      .option('--servers-per-replica <count>', 'requests one replica works on at a time', count, 1)
      .option('--replica-cost-per-hour <price>', 'price of one replica for an hour', rate)
      .option('--violation-cost <price>', 'price of one request over the SLO', rate)
      .option(
        '--objective <ratio>',
        'share of requests within the SLO (0.99 where there are no prices)',
        ratio,
      )
      .addOption(
        new Option('--dispatch <how>', 'how requests reach replicas')
          .choices(Object.keys(DISPATCH_BY_FLAG))
          .default('central'),
      )
      .option(
        '--patience-seconds <seconds>',
        'clients that wait give up after this long in the mean',
        positive,
      )
      .option('--queue-limit <count>', 'requests a replica holds before it sheds', count)
      .option(
        '--arrival-variability <scv>',
        'squared coefficient of variation of the times between arrivals; 1: Poisson',
        variation,
        1,
      )
      .option(
        '--service-variability <scv>',
        'squared coefficient of variation of the service time; 0: constant, 1: exponential',
        variation,
        1,
      )
      .option(
        '--contention <ratio>',
        'scalability: share of the work that replicas do one at a time',
        ratio,
        0,
      )
      .option('--coherency <ratio>', 'scalability: cost of each pair of replicas that must agree', ratio, 0)
      .option('--min-replicas <count>', 'choose no fewer', count, 1)
      .option('--max-replicas <count>', 'choose no more', count)
      .option('--replicas <count>', 'evaluate this count instead of choosing one', count)
      .option('--explain', 'print the cost of the neighbouring counts as a plot')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
