/**
 * The kinds of field that a policy has. Each carries one phrase that says what is allowed, whatever was wrong with
 * the value: the phrase is the zod message, and becomes `Problem.allowed`.
 */
import { z } from 'zod';
import { DURATION_FORM, durationFromSeconds, secondsFromDuration } from '../../domain/duration.ts';
import { MAX_DURATION_CHARACTERS, secondsCel } from './rules.ts';

export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** Exclusive bounds. */
  readonly above?: number;
  readonly below?: number;
}

/** Also what keeps a hostile policy from asking for arrays of any size. */
export const MAX_REPLICAS = 100_000;
/** Longest duration that any field takes: 366 days. */
export const MAX_DURATION_SECONDS = 366 * 86_400;

function rangeText({ min, max, above, below }: Range, show: (bound: number) => string = String): string {
  const parts = [
    ...(min === undefined ? [] : [`at least ${show(min)}`]),
    ...(above === undefined ? [] : [`above ${show(above)}`]),
    ...(max === undefined ? [] : [`at most ${show(max)}`]),
    ...(below === undefined ? [] : [`below ${show(below)}`]),
  ];
  return parts.length === 0 ? '' : ` ${parts.join(' and ').replace(/^at /, 'of at ')}`;
}

function isInRange(value: number, { min, max, above, below }: Range): boolean {
  return (
    value >= (min ?? -Infinity) &&
    value <= (max ?? Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity)
  );
}

/** A block of fields; any other field is refused. */
export function block<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const allowed = `a mapping with the fields ${Object.keys(shape).join(', ')}`;
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? allowed : undefined) });
}

/** A list of at most `maxItems` (a bound that the API server needs to price its rules, and memory needs too). */
export function listOf<Item extends z.ZodType>(item: Item, maxItems: number): z.ZodArray<Item> {
  const error = `a list of at most ${maxItems} entries`;
  return z.array(item, { error }).max(maxItems, { error });
}

/** A list of blocks that differ in `key`: a merge by key, as Kubernetes does for ports and containers. */
export function keyedListOf<Item extends z.ZodType<Record<Key, string>>, Key extends string>(
  item: Item,
  key: Key,
  maxItems: number,
): z.ZodArray<Item> {
  return listOf(item, maxItems)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] })
    .superRefine((entries, context) => {
      const seen = new Set<string>();
      entries.forEach((entry, index) => {
        const name = entry[key];
        if (seen.has(name)) {
          const params = { got: `"${name}" a second time`, allowed: `a ${key} that no other entry has` };
          context.addIssue({ code: 'custom', path: [index, key], params });
        }
        seen.add(name);
      });
    });
}

export function count(description: string, range: Range): z.ZodInt {
  const error = `a whole number${rangeText(range)}`;
  return bounded(z.int({ error }), range, error).describe(description);
}

export function amount(description: string, range: Range): z.ZodNumber {
  const error = `a number${rangeText(range)}`;
  return bounded(z.number({ error }), range, error).describe(description);
}

function bounded<N extends z.ZodNumber>(schema: N, { min, max, above, below }: Range, error: string): N {
  let result = schema;
  if (min !== undefined) result = result.min(min, { error });
  if (max !== undefined) result = result.max(max, { error });
  if (above !== undefined) result = result.gt(above, { error });
  if (below !== undefined) result = result.lt(below, { error });
  return result;
}

/** "90s", "15m", "14d": kept as text in the document, seconds in the compiled policy. */
export function duration(description: string, range: Range = {}): z.ZodString {
  const full: Range = { max: MAX_DURATION_SECONDS, ...range };
  const error = `${DURATION_FORM},${rangeText(full, durationFromSeconds)}`;
  return z
    .string({ error })
    .max(MAX_DURATION_CHARACTERS, { error })
    .regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h|d|w))+$/, { error })
    .refine((text) => isInRange(secondsFromDuration(text) ?? 0, full), { error })
    .meta({
      description,
      'x-kubernetes-validations': [{ rule: rangeCel(full), message: `must be ${error}` }],
    });
}

function rangeCel({ min, max, above, below }: Range): string {
  const seconds = secondsCel('self');
  const bounds = [
    ['>=', min],
    ['<=', max],
    ['>', above],
    ['<', below],
  ] as const;
  return bounds
    .filter(([, bound]) => bound !== undefined)
    .map(([operator, bound]) => `${seconds} ${operator} ${bound?.toFixed(3)}`)
    .join(' && ');
}

/** Text that is not empty. */
export function text(description: string, maxCharacters: number): z.ZodString {
  const error = `a text of 1 to ${maxCharacters} characters`;
  return z.string({ error }).min(1, { error }).max(maxCharacters, { error }).describe(description);
}

/** A name as Kubernetes objects have it (RFC 1123 subdomain). */
export function objectName(description: string): z.ZodString {
  const error = 'a name of at most 253 lower-case letters, digits, "-" and "."';
  return z
    .string({ error })
    .max(253, { error })
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, { error })
    .describe(description);
}

/** An instant with its time zone: "2026-11-27T08:00:00Z". */
export function instant(description: string): z.ZodISODateTime {
  const error = 'an instant with its time zone, such as 2026-11-27T08:00:00Z or 2026-11-27T09:00:00+01:00';
  return z.iso.datetime({ offset: true, error }).describe(description);
}
