import { stringify } from 'yaml';
import { customResourceDefinition } from '../../policy/crd-schema.ts';
import type { CommandBody } from '../command-spec.ts';

const HEADER = '# Generated from the policy schema by `prescale crd`; edit src/policy/, not this file.\n';

/** The CRD as YAML, the bytes that deploy/crd/predictiveautoscalers.yaml holds. */
export function crdYaml(): string {
  const options = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false };
  return HEADER + stringify(customResourceDefinition(), options);
}

export const run: CommandBody = (_args, flags) => {
  process.stdout.write(
    flags['json'] === true ? `${JSON.stringify(customResourceDefinition(), null, 2)}\n` : crdYaml(),
  );
  return Promise.resolve(0);
};
