import { Option } from 'commander';
import type { CommandSpec } from '../command-spec.ts';
import { folderFlag } from '../flags.ts';
import { shareFlag } from './share-flag.ts';

export const bootstrap: CommandSpec = {
  name: 'bootstrap',
  description:
    'reads the arrival rates of the policies’ lookback into a folder, so that the controller that starts with it asks for what is new alone',
  examples: [
    'prescale bootstrap --prometheus http://prometheus.monitoring:9090 --series-dir /var/lib/prescale/store/series --share 0/4',
    'prescale bootstrap --policy checkout.yaml --prometheus http://127.0.0.1:9090 --series-dir series',
  ],
  declare: (command) =>
    command
      .requiredOption(
        '--series-dir <folder>',
        'where the series are kept, as `run --series-dir` has it',
        folderFlag,
      )
      .option(
        '--policy <files...>',
        'policies from files instead of the cluster; a file may hold several documents; - for standard input',
      )
      .option('--prometheus <url>', 'the Prometheus that policies call "default"')
      .option('--prometheus-config <file>', 'named Prometheus sources with auth, CA and headers (YAML)')
      .addOption(
        new Option('--share <index/count>', 'of the workloads this part alone, as a pod of an indexed Job')
          .argParser(shareFlag)
          .default({ index: 0, count: 1 }, '0/1'),
      )
      .option('--namespace <name>', 'the policies of this namespace alone')
      .option('--kubeconfig <file>', 'the cluster (else KUBECONFIG, ~/.kube/config, or the own pod)')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
