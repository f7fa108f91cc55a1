/**
 * Rules that one field alone cannot tell. Each is written twice, side by side: as code for files and the API, and in
 * CEL for the API server, which then refuses the object before the controller ever sees it.
 */
import type { z } from 'zod';

export interface Violation {
  /** The field to blame, below the block that has the rule. */
  readonly path: readonly (string | number)[];
  readonly got: string;
  readonly allowed: string;
}

export interface Rule<Value> {
  /** Dotted paths, below the block, of what the rule reads: it is skipped where one of them is itself at fault. */
  readonly reads: readonly string[];
  readonly violation: (value: Value) => Violation | undefined;
  /** The same rule for the API server, over the block as `self`; several where it is easier to read. */
  readonly cel: readonly CelRule[];
}

export interface CelRule {
  readonly rule: string;
  readonly message: string;
  /** The field to blame, as in ".end"; the block itself when absent. */
  readonly fieldPath?: string;
}

/** The block, with its rules on both doors. */
export function withRules<Schema extends z.ZodObject>(
  schema: Schema,
  rules: readonly Rule<z.output<Schema>>[],
): Schema {
  let checked = schema.meta({ 'x-kubernetes-validations': rules.flatMap((rule) => rule.cel) });
  for (const rule of rules)
    checked = checked.superRefine(
      (value, context) => {
        const violation = rule.violation(value);
        if (violation === undefined) return;
        const { path, got, allowed } = violation;
        context.addIssue({ code: 'custom', path: [...path], params: { got, allowed } });
      },
      { when: ({ issues }) => !issues.some((issue) => touches(rule.reads, issue)) },
    );
  return checked;
}

/** Whether an issue lies at, below or above a field that is read. An unknown field beside them does no harm. */
function touches(reads: readonly string[], issue: z.core.$ZodRawIssue): boolean {
  if (issue.code === 'unrecognized_keys') return false;
  const at = (issue.path ?? []).map(String);
  return reads.some((read) => {
    const parts = read.split('.');
    return parts.every((part, depth) => at[depth] === undefined || at[depth] === part);
  });
}

/** Longest text of a duration; the API server prices the CEL below by it. */
export const MAX_DURATION_CHARACTERS = 32;

const CEL_SECONDS_PER_UNIT = '{"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}';

/** CEL for the seconds of a duration text; CEL's own `duration()` knows no days and weeks. */
export function secondsCel(expression: string): string {
  return (
    `${expression}.findAll("[0-9.]+[a-z]+")` +
    `.map(p, double(p.find("[0-9.]+")) * ${CEL_SECONDS_PER_UNIT}[p.find("[a-z]+")]).sum()`
  );
}
