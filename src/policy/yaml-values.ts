/** YAML (or JSON, which is YAML) -> plain values, with every fault by its line; written for text that nobody has vouched for. */
import { isScalar, LineCounter, parseAllDocuments, visit, type Document, type YAMLMap } from 'yaml';
import { invalidInput, type Problem } from '../domain/errors.ts';
import { shown } from '../domain/shown-value.ts';
import { firstProblems } from './policy-problems.ts';

/** How many nodes aliases may unfold to per anchor: enough for people, too few for "billion laughs". */
const MAX_ALIASES = 100;
const MAX_SYNTAX_PROBLEMS = 5;

/** One value per document, empty documents left out. Throws `invalidInput` for faults of the syntax. */
export function valuesFromYaml(text: string): unknown[] {
  const lineCounter = new LineCounter();
  return guardDepth(() => {
    const quiet = { prettyErrors: false, logLevel: 'error' } as const;
    const options = { lineCounter, merge: true, uniqueKeys: false, ...quiet };
    const parsed = parseAllDocuments(text, options);
    const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
    return documents
      .map((document) => valueOf(document, lineCounter))
      .filter((value) => (value ?? null) !== null);
  });
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

function valueOf(document: Document.Parsed, lineCounter: LineCounter): unknown {
  const line = lineCounter.linePos(document.contents?.range[0] ?? 0).line;
  const problems = [...syntaxProblems(document, lineCounter), ...repeatedKeyProblems(document, lineCounter)];
  // One slip makes a cascade of which the first few lines say all.
  if (problems.length > 0) throw invalidInput('policy', firstProblems(problems, MAX_SYNTAX_PROBLEMS));
  const value = unfolded(document, line);
  if (standsInItself(value))
    throw invalidInput('policy', [
      { path: `line ${line}`, got: 'an alias to what it stands in', allowed: 'aliases to what is complete' },
    ]);
  return value;
}

function syntaxProblems(document: Document.Parsed, lineCounter: LineCounter): Problem[] {
  return [...document.errors, ...document.warnings].map((fault) => {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    return { path: `line ${line}, column ${col}`, got: fault.message, allowed: 'YAML or JSON' };
  });
}

/** Keys given twice, each by its line. */
function repeatedKeyProblems(document: Document.Parsed, lineCounter: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_key, map) {
      for (const key of repeatedKeys(map)) {
        const { range } = key as { range?: readonly number[] | null };
        const { line, col } = lineCounter.linePos(range?.[0] ?? 0);
        const got = `${shown(keyText(key))} a second time`;
        problems.push({ path: `line ${line}, column ${col}`, got, allowed: 'each key once' });
      }
    },
  });
  return problems;
}

/** The parser's own check compares every pair of keys; this one is linear, so that a megabyte of keys does no harm. */
function repeatedKeys(map: YAMLMap): unknown[] {
  const seen = new Set<unknown>();
  return map.items
    .map(({ key }) => key)
    .filter((key) => {
      const text = keyText(key);
      const isRepeated = seen.has(text) && text !== '<<';
      seen.add(text);
      return isRepeated;
    });
}

function keyText(key: unknown): unknown {
  return isScalar(key) ? String(key.value) : key;
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

/** Whether some value is part of itself; linear in the values, however often each is shared. */
function standsInItself(value: unknown, above = new Set<unknown>(), done = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || done.has(value)) return false;
  if (above.has(value)) return true;
  above.add(value);
  const isCyclic = Object.values(value).some((part) => standsInItself(part, above, done));
  above.delete(value);
  done.add(value);
  return isCyclic;
}
