import { Option } from 'commander';
import type { CommandSpec } from '../command-spec.ts';
import { durationFlag, numberFlag } from '../flags.ts';
import { objectNameFlag } from './object-name-flag.ts';

export const init: CommandSpec = {
  name: 'init',
  description: 'write a policy that recommends, for what an HPA or a ScaledObject scales today',
  examples: [
    `prescale init --from-hpa shop/checkout --arrival-rate 'sum(rate(http_requests_total{app="checkout"}[1m]))' --service-rate-rps 25 --response-time 250ms > checkout.yaml`,
    'prescale init --from-scaledobject shop/queue --service-rate-rps 25 --response-time 2s | kubectl apply -f -',
  ],
  declare: (command) =>
    command
      .option('--from-hpa <namespace/name>', 'the HorizontalPodAutoscaler', objectNameFlag)
      .option('--from-scaledobject <namespace/name>', "KEDA's ScaledObject", objectNameFlag)
      .option(
        '--arrival-rate <promql>',
        "requests per second (else the query of the ScaledObject's Prometheus trigger)",
      )
      .addOption(
        new Option('--service-rate-rps <rate>', 'requests per second that one busy server completes')
          .argParser(numberFlag({ min: 0, above: true }))
          .makeOptionMandatory(),
      )
      .addOption(
        new Option('--response-time <duration>', 'what 99 % of the requests must be answered within')
          .argParser(durationFlag)
          .makeOptionMandatory(),
      )
      .addOption(
        new Option('--servers-per-replica <count>', 'requests that one replica works on at a time')
          .argParser(numberFlag({ min: 1, integer: true }))
          .default(1),
      )
      .addOption(
        new Option(
          '--startup-time <duration>',
          'from asking for a replica to its being ready; else it is learned from the pods',
        ).argParser(durationFlag),
      )
      .option('--kubeconfig <file>', 'the cluster (else KUBECONFIG, ~/.kube/config, or the own pod)')
      .option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
