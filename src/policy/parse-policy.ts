import { invalidInput } from '../domain/errors.ts';
import { problemsFromIssues } from './policy-problems.ts';
import { policySchema, type PolicyDocument } from './policy-schema.ts';

/**
 * The one door for every policy: custom resource, file and API body. Returns the document with all defaults filled in.
 * Throws `invalidInput` that lists every problem, one a line.
 */
export function parsePolicy(input: unknown): PolicyDocument {
  const result = policySchema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(`policy${nameOf(input)}`, problemsFromIssues(result.error.issues, input, policySchema));
}

/** " shop/checkout" for messages, as far as the input has it. */
function nameOf(input: unknown): string {
  const metadata = field(input, 'metadata');
  const name = field(metadata, 'name');
  const namespace = field(metadata, 'namespace') ?? 'default';
  if (typeof name !== 'string' || typeof namespace !== 'string') return '';
  const isPrintable = name.length <= 253 && namespace.length <= 253 && /^[\w.-]+$/.test(name + namespace);
  return isPrintable ? ` ${namespace}/${name}` : '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
