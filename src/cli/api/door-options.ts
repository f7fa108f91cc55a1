import type { Command } from 'commander';
import { DEFAULT_SERVICE, serviceFlag } from './service-flag.ts';

/** How the controller of a cluster is found. */
export function declareClusterDoor(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'the cluster (else KUBECONFIG, ~/.kube/config, or the own pod)')
    .option('--context <name>', 'the context of kubeconfig (its current one)')
    .option(
      '--service <namespace/name>',
      "the controller's Service (prescale-system/prescale)",
      serviceFlag,
      DEFAULT_SERVICE,
    )
    .option('--token-file <file>', 'bearer token for the API (else that of kubeconfig)');
}
