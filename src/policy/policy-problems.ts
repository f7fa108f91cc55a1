/** zod's issues in the project's words: where, what was got, what is allowed. */
import { z } from 'zod';
import type { Problem } from '../domain/errors.ts';
import { cut, shown, valueAt } from '../domain/shown-value.ts';
import { nearestTo } from './nearest-name.ts';

const MAX_PROBLEMS = 50;
type Path = readonly PropertyKey[];

/** A list that a person can still read: hostile input can hold a hundred thousand faults. */
export function firstProblems(problems: readonly Problem[], max = MAX_PROBLEMS): Problem[] {
  return firstOf(
    problems.map((problem) => () => problem),
    max,
  );
}

/** Only what is shown is put into words. */
function firstOf(faults: readonly (() => Problem)[], max = MAX_PROBLEMS): Problem[] {
  const first = faults.slice(0, max).map((describe) => describe());
  if (faults.length <= max) return first;
  return [...first, { path: 'and', got: `${faults.length - max} more problems`, allowed: 'none' }];
}

/** One problem per fault, in the order of the schema. */
export function problemsFromIssues(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  schema: z.core.$ZodType,
): Problem[] {
  return firstOf(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => () => unknownField(issue.path, key, schema))
        : [() => ({ path: pathText(issue.path), ...fault(issue, input) })],
    ),
  );
}

function unknownField(path: Path, key: string, schema: z.core.$ZodType): Problem {
  const fields = fieldsAt(schema, path);
  const nearest = nearestTo(key, fields);
  const hint = nearest === undefined ? '' : `did you mean ${nearest}? `;
  const allowed = fields.length === 0 ? 'no fields here' : `${hint}fields here are ${fields.join(', ')}`;
  return { path: pathText([...path, key]), got: 'an unknown field', allowed };
}

function fault(issue: z.core.$ZodIssue, input: unknown): Omit<Problem, 'path'> {
  const got = shown(valueAt(input, issue.path));
  if (issue.code === 'custom' && issue.params !== undefined) return ruleFault(issue.params);
  if (issue.code === 'invalid_value')
    return { got, allowed: oneOf(issue.values, valueAt(input, issue.path)) };
  return { got, allowed: issue.message };
}

/** What a rule (schema/rules.ts) says itself, because it knows both fields. */
function ruleFault(params: Readonly<Record<string, unknown>>): Omit<Problem, 'path'> {
  return { got: params['got'] as string, allowed: params['allowed'] as string };
}

function oneOf(values: readonly unknown[], value: unknown): string {
  const names = values.map(String);
  const nearest = typeof value === 'string' ? nearestTo(value, names) : undefined;
  const hint = nearest === undefined ? '' : `did you mean ${nearest}? `;
  return `${hint}${names.length === 1 ? names[0] : `one of ${names.join(', ')}`}`;
}

/** ["spec", "events", 0, "end"] -> "spec.events[0].end"; a key with dots is written ["like.this"]. */
export function pathText(path: Path): string {
  const text = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    const name = String(key);
    return /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(cut(name))}]`;
  });
  return text.join('').replace(/^\./, '') || 'document';
}

function fieldsAt(schema: z.core.$ZodType, path: Path): string[] {
  let node: z.core.$ZodType | undefined = unwrapped(schema);
  for (const key of path) {
    if (node instanceof z.ZodObject) node = unwrapped(node.shape[String(key)] as z.core.$ZodType | undefined);
    else if (node instanceof z.ZodArray) node = unwrapped(node.element);
  }
  return node instanceof z.ZodObject ? Object.keys(node.shape) : [];
}

/** The schema below its default, optional and nullable. */
function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let node = schema;
  while (
    node instanceof z.ZodDefault ||
    node instanceof z.ZodPrefault ||
    node instanceof z.ZodOptional ||
    node instanceof z.ZodNullable
  )
    node = node.unwrap();
  return node;
}
