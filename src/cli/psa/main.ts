import { runProgram } from '../main.ts';
import { explain } from './explain-spec.ts';
import { get } from './get-spec.ts';

/** `kubectl psa …`, which kubectl finds as `kubectl-psa` on the PATH: argv -> exit code. Never throws. */
export function kubectlPsa(argv: readonly string[]): Promise<number> {
  const program = {
    name: 'kubectl psa',
    description: 'PredictiveAutoscalers: what they decide, and why; asked through the cluster’s API server.',
    commands: [explain, get],
  };
  return runProgram(program, argv);
}
