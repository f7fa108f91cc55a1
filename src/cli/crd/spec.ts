import type { CommandSpec } from '../command-spec.ts';

export const crd: CommandSpec = {
  name: 'crd',
  description: 'print the CustomResourceDefinition of the PredictiveAutoscaler',
  examples: ['prescale crd | kubectl apply -f -', 'prescale crd > deploy/crd/predictiveautoscalers.yaml'],
  declare: (command) => command.option('--json', 'print JSON'),
  load: async () => (await import('./body.ts')).run,
};
