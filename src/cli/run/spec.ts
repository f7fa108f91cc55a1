import { Option } from 'commander';
import type { CommandSpec } from '../command-spec.ts';
import { MOST_SHARDS } from '../../control/shards/lease-names.ts';
import { durationFlag, numberFlag } from '../flags.ts';
import { addressFlag } from './address-flag.ts';
import { declareChallengerFlag } from './challenger-flag.ts';
import { declareHistoryFlags } from './history-flags.ts';
import { leaseFlag } from './lease-flag.ts';
import { listenFlag } from './listen-flag.ts';
import { momentFlag } from './moment-flag.ts';
import { portFlag } from './port-flag.ts';
import { declareSafetyFlags } from './safety-flags.ts';
import { speedFlag } from './speed-flag.ts';

/** As createLogger takes them; declared here too, since a spec loads no logger. */
export const LOG_LEVEL_FLAGS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const run: CommandSpec = {
  name: 'run',
  description:
    'the controller: observe, forecast, decide, scale, explain; for the policies of a cluster, or of files (a dry run)',
  examples: [
    'prescale run --prometheus http://prometheus.monitoring:9090',
    'prescale run --policy deploy/demo/checkout.yaml --recording deploy/demo/web-shop.csv.gz --from=-2d --speed 20000',
    'prescale run --policy checkout.yaml --prometheus http://127.0.0.1:9090 --dry-run',
    'prescale run --policy checkout.yaml --prometheus http://127.0.0.1:9090 --dry-run --history-dir /var/lib/prescale',
    'prescale run --policy a.yaml b.yaml --recording a.csv b.csv --speed max --json > decisions.jsonl',
  ],
  declare: (command) =>
    declareHistoryFlags(declareChallengerFlag(declareSafetyFlags(command)))
      .option(
        '--policy <files...>',
        'policies from files instead of the cluster, as a dry run; a file may hold several documents; - for standard input',
      )
      .option('--recording <files...>', 'recorded metrics, one for each policy, in the order of the policies')
      .option('--prometheus <url>', 'the Prometheus that policies call "default"')
      .option('--prometheus-config <file>', 'named Prometheus sources with auth, CA and headers (YAML)')
      .addOption(
        new Option('--tick <duration>', 'time between decisions').argParser(durationFlag).default(15, '15s'),
      )
      .addOption(
        new Option(
          '--listen <address:port>',
          'where the API answers; others than loopback check tokens: --api-token-file, or the cluster (port 0: any)',
        )
          .argParser(listenFlag)
          .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
      )
      .option(
        '--api-token-file <file>',
        'a file with the bearer token that the API asks for; read again when it changes',
      )
      .option(
        '--tls-cert-file <file>',
        'certificate (PEM, its chain after it) that the API is served with; taken anew when it changes',
      )
      .option('--tls-key-file <file>', 'its private key (PEM)')
      .option(
        '--advertise <address>',
        'where the other replicas reach this one (its own IP): they pass on to the leader what they are asked',
        addressFlag,
      )
      .option('--calendars <folder>', 'of the iCalendar files that policies of a cluster name (icalFile)')
      .option('--namespace <name>', 'look after the policies of this namespace alone')
      .option('--kubeconfig <file>', 'the cluster (else KUBECONFIG, ~/.kube/config, or the own pod)')
      .option(
        '--lease <namespace/name>',
        'the record of leader election (own namespace, prescale)',
        leaseFlag,
      )
      .addOption(
        new Option(
          '--shards <count>',
          'parts that the namespaces are divided into, shared out among the replicas (2 to 4 for each of them)',
        )
          .argParser(numberFlag({ min: 1, max: MOST_SHARDS, integer: true }))
          .default(1),
      )
      .option(
        '--probes <port>',
        'where /healthz, /readyz and /metrics answer on all addresses, in a cluster (8081; 0: any)',
        portFlag,
      )
      .option(
        '--speed <factor>',
        'virtual seconds per second, or max (recordings, or with --from)',
        speedFlag,
      )
      .option('--from <time>', 'play from here: ISO 8601, or before the end (--from=-2d)', momentFlag)
      .option('--to <time>', 'play until here, as --from', momentFlag)
      .option('--dry-run', 'recommend for every policy, whatever its mode')
      .option('--keep-serving', 'go on answering the API when the play has ended, until a signal')
      .option('--quiet', 'print no line per changed decision')
      .option('--json', 'print every decision and the summary as JSON lines')
      .addOption(
        new Option('--log-level <level>', 'what goes to standard error (info; error while playing)').choices(
          LOG_LEVEL_FLAGS,
        ),
      ),
  load: async () => (await import('./body.ts')).run,
};
