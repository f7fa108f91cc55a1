import type { z } from 'zod';
import { invalidInput } from '../domain/errors.ts';
import { problemsFromIssues } from '../policy/policy-problems.ts';

/** The value in the schema's form. Throws `invalidInput` with every problem: where, what was got, what is allowed. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(what, problemsFromIssues(result.error.issues, input, schema));
}
