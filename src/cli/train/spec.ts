import type { CommandSpec } from '../command-spec.ts';
import { shareFlag } from '../bootstrap/share-flag.ts';
import { listFlag, numberFlag } from '../flags.ts';
import { classFlag } from './class-flag.ts';
import { FEATURES_FORM, featuresFlag } from './features-flag.ts';

/** Each takes seconds and megabytes. */
const MOST_GENERATED = 1000;
/** Seeds are taken modulo 2^32: a larger one would be one of these. */
const MOST_SEED = 2 ** 32 - 1;
const count = numberFlag({ min: 1, integer: true });

export const train: CommandSpec = {
  name: 'train',
  description: 'trains the network model on recordings and on generated series',
  examples: [
    'prescale train --recording shop.csv --out models/shop',
    'prescale train --from models/lstm.json --recording shop.csv --out models/shop',
    'prescale train --from models/lstm.json --features live --recording shop.csv --generated-live 20 --out models/shop',
    'prescale train --from models/lstm.json --series-dir /var/lib/prescale/store/series --namespace shop --out own',
    'prescale train --from models/lstm.json --series-dir /var/lib/prescale/store/series --share 0/4 --resume --out /var/lib/prescale/store/networks',
    'prescale train --recording a.csv,b.csv --generated 20 --epochs 20 --out trained --resume',
  ],
  declare: (command) =>
    command
      .option('--recording <file...>', 'recordings to learn from; - reads standard input', listFlag)
      .option(
        '--series-dir <folder>',
        'learns from the histories that `run --series-dir` or `bootstrap` keep there of the policies’ workloads',
      )
      .option('--policy <files...>', 'with --series-dir: policies from files instead of the cluster')
      .option('--namespace <name>', 'with --series-dir: the policies of this namespace alone')
      .option('--kubeconfig <file>', 'the cluster (else KUBECONFIG, ~/.kube/config, or the own pod)')
      .option(
        '--by-class',
        'with --series-dir and --from: one network for each class of the policies’ workloads (forecast.class), in a folder of --out that has its name, as `run --challenger` takes it',
      )
      .option('--class <names...>', 'as --by-class, of these classes alone', classFlag)
      .option(
        '--share <index/count>',
        'as --by-class, of the classes this part alone, as a pod of an indexed Job',
        shareFlag,
      )
      .requiredOption('--out <folder>', 'where lstm.json and the checkpoint are written')
      .option(
        '--from <file>',
        'fine-tunes this network on the older two thirds of the recordings, and writes it only if it forecasts the newest third better',
      )
      .option(
        '--generated <count>',
        'generated series to learn from as well',
        numberFlag({ min: 0, max: MOST_GENERATED, integer: true }),
        0,
      )
      .option(
        '--generated-live <count>',
        'generated series with live metrics and rollouts to learn from as well',
        numberFlag({ min: 0, max: MOST_GENERATED, integer: true }),
        0,
      )
      .option('--epochs <count>', 'at most so many passes', count, 12)
      .option('--patience <count>', 'ends after so many epochs that did not get better', count, 4)
      .option(
        '--units <count>',
        'units of the LSTM (8; with --from those of the network)',
        numberFlag({ min: 1, max: 512, integer: true }),
      )
      .option(
        '--seed <number>',
        'the same seed and data give the same network',
        numberFlag({ min: 0, max: MOST_SEED, integer: true }),
        1,
      )
      .option(
        '--features <groups>',
        `what a new network reads, with --from what it reads as well, separated by commas: ${FEATURES_FORM} (shipped)`,
        featuresFlag,
      )
      .option('--resume', 'goes on from the checkpoint in --out; by class, where there is one that fits')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
