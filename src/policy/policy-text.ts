/** YAML or JSON text -> policy documents. */
import { invalidInput, PrescaleError, type Problem } from '../domain/errors.ts';
import { parsePolicy } from './parse-policy.ts';
import { API_VERSION, KIND, type PolicyDocument } from './policy-schema.ts';
import { shown } from '../domain/shown-value.ts';
import { firstProblems } from './policy-problems.ts';
import { valuesFromYaml } from './yaml-values.ts';

/** 1 MiB, as the API server's own limit is near it. */
export const MAX_POLICY_TEXT_CHARACTERS = 1_048_576;
/** More policies than fit into the largest text. */
const MAX_DOCUMENTS = 5000;
const LIST_KINDS: readonly unknown[] = ['List', `${KIND}List`];

/** One document, or one item of a List, as it was written: nothing is checked but the syntax. */
export interface RawPolicy {
  /** Counts from 1 over the whole text, list items included. */
  readonly number: number;
  readonly value: unknown;
}

/**
 * Every policy in the text, valid and with defaults. Several documents and a `List` are welcome.
 * Throws `invalidInput` with all problems of all documents: the syntax with its line, fields with their path.
 */
export function parsePolicyText(text: string): PolicyDocument[] {
  const raw = readPolicyText(text);
  const documents: PolicyDocument[] = [];
  const problems: Problem[] = [];
  for (const { number, value } of raw)
    try {
      documents.push(parsePolicy(value));
    } catch (error) {
      if (!(error instanceof PrescaleError) || raw.length === 1) throw error;
      const prefixed = error.problems.map((problem) => ({
        ...problem,
        path: `document ${number}: ${problem.path}`,
      }));
      problems.push(...prefixed);
    }
  problems.push(...repeatedNames(documents));
  if (problems.length > 0) throw invalidInput('policy', firstProblems(problems));
  return documents;
}

function repeatedNames(documents: readonly PolicyDocument[]): Problem[] {
  const keys = documents.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const repeated = keys.filter((key, index) => keys.indexOf(key) < index);
  return [...new Set(repeated)].map((key) => ({
    path: 'metadata.name',
    got: `${key} more than once`,
    allowed: 'one policy per namespace and name',
  }));
}

/** The syntax alone: throws `invalidInput` where the text is too large, is not YAML, or holds no policy. */
export function readPolicyText(text: string): RawPolicy[] {
  if (text.length > MAX_POLICY_TEXT_CHARACTERS)
    throw invalidInput('policy', [
      { path: 'text', got: `${text.length} characters`, allowed: `at most ${MAX_POLICY_TEXT_CHARACTERS}` },
    ]);
  const values = valuesFromYaml(text).flatMap(itemsOf);
  if (values.length === 0)
    throw invalidInput('policy', [{ path: 'text', got: 'no document', allowed: `at least one ${KIND}` }]);
  if (values.length > MAX_DOCUMENTS)
    throw invalidInput('policy', [
      { path: 'text', got: `${values.length} documents`, allowed: `at most ${MAX_DOCUMENTS}` },
    ]);
  return values.map((value, index) => ({ number: index + 1, value }));
}

function itemsOf(value: unknown): readonly unknown[] {
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (!LIST_KINDS.includes(kind)) return [value];
  if (Array.isArray(items)) return items as unknown[];
  throw invalidInput('policy', [
    { path: 'items', got: shown(items), allowed: `a list of ${KIND} (${API_VERSION})` },
  ]);
}
