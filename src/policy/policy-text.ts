/** YAML or JSON text -> policy documents. */
import { LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import { invalidInput, PrescaleError, type Problem } from '../domain/errors.ts';
import { parsePolicy } from './parse-policy.ts';
import { API_VERSION, KIND, type PolicyDocument } from './policy-schema.ts';
import { firstProblems, shown } from './policy-problems.ts';

/** 1 MiB, as the API server's own limit is near it. */
export const MAX_POLICY_TEXT_CHARACTERS = 1_048_576;
/** How many nodes aliases may unfold to per anchor: enough for people, too few for "billion laughs". */
const MAX_ALIASES = 100;
const MAX_SYNTAX_PROBLEMS = 5;
/** More policies than fit into the largest text. */
const MAX_DOCUMENTS = 5000;
const LIST_KINDS: readonly unknown[] = ['List', `${KIND}List`];

/** One document, or one item of a List, as it was written: nothing is checked but the syntax. */
export interface RawPolicy {
  /** Counts from 1 over the whole text, list items included. */
  readonly number: number;
  /** Where it starts. */
  readonly line: number;
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
  const lineCounter = new LineCounter();
  const values = guardDepth(() => {
    const parsed = parseAllDocuments(text, {
      lineCounter,
      merge: true,
      uniqueKeys: false,
      prettyErrors: false,
    });
    const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
    return documents.flatMap((document) => valuesOf(document, lineCounter));
  });
  if (values.length === 0)
    throw invalidInput('policy', [{ path: 'text', got: 'no document', allowed: `at least one ${KIND}` }]);
  if (values.length > MAX_DOCUMENTS)
    throw invalidInput('policy', [
      { path: 'text', got: `${values.length} documents`, allowed: `at most ${MAX_DOCUMENTS}` },
    ]);
  return values.map((value, index) => ({ number: index + 1, ...value }));
}

/** Nesting deep enough to exhaust the stack is the text's fault, not a crash. */
function guardDepth<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidInput('policy', [{ path: 'text', got: 'nesting without end', allowed: 'a policy' }]);
  }
}

function valuesOf(document: Document.Parsed, lineCounter: LineCounter): Omit<RawPolicy, 'number'>[] {
  const line = lineCounter.linePos(document.contents?.range[0] ?? 0).line;
  const problems = [...syntaxProblems(document, lineCounter), ...repeatedKeys(document, lineCounter)];
  // One slip makes a cascade of which the first few lines say all.
  if (problems.length > 0) throw invalidInput('policy', firstProblems(problems, MAX_SYNTAX_PROBLEMS));
  const value = unfolded(document, line);
  if (value === null || value === undefined) return [];
  return itemsOf(value).map((item) => ({ line, value: item }));
}

function syntaxProblems(document: Document.Parsed, lineCounter: LineCounter): Problem[] {
  return [...document.errors, ...document.warnings].map((fault) => {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    return { path: `line ${line}, column ${col}`, got: fault.message, allowed: 'YAML or JSON' };
  });
}

/** The parser's own check compares every pair of keys; this one is linear, so that a megabyte of keys does no harm. */
function repeatedKeys(document: Document.Parsed, lineCounter: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const { value, range } = key as { value?: unknown; range?: readonly number[] | null };
        const name = String(value);
        if (seen.has(name) && name !== '<<') {
          const { line, col } = lineCounter.linePos(range?.[0] ?? 0);
          const got = `${shown(name)} a second time`;
          problems.push({ path: `line ${line}, column ${col}`, got, allowed: 'each key once' });
        }
        seen.add(name);
      }
    },
  });
  return problems;
}

function unfolded(document: Document.Parsed, line: number): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw invalidInput('policy', [
      {
        path: `line ${line}`,
        got: error.message,
        allowed: `aliases that unfold to at most ${MAX_ALIASES} times`,
      },
    ]);
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (!LIST_KINDS.includes(kind)) return [value];
  if (Array.isArray(items)) return items as unknown[];
  throw invalidInput('policy', [
    { path: 'items', got: shown(items), allowed: `a list of ${KIND} (${API_VERSION})` },
  ]);
}
