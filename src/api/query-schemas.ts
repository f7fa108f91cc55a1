/** What several reads take in their query. */
import { z } from 'zod';

/** Digits alone: "07", "1e2" and " 7" are no way to write a number here. */
export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const error = `a whole number of ${least} to ${most}`;
  const digits = new RegExp(`^\\d{1,${String(most).length}}$`);
  return z
    .string({ error })
    .regex(digits, { error })
    .transform(Number)
    .pipe(z.number().min(least, { error }).max(most, { error }))
    .meta({ override: { type: 'integer', pattern: undefined, minimum: least, maximum: most } });
}

/** A cursor: only what was before it. */
export const beforeSchema = z.union(
  [
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform(Date.parse),
  ],
  { error: 'the id of a decision, or an ISO 8601 time such as 2026-11-21T08:00:00Z' },
);
