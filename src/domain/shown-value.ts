/** Values of somebody's input, as problems with it tell them. */

const MAX_SHOWN_CHARACTERS = 60;

/** undefined where the path leads nowhere. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A value as a person would recognise it; never the whole of a large one, and never who may log in where. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value === 'string') return JSON.stringify(cut(withoutLogins(value)));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'null';
}

/** The beginning of a long text. */
export function cut(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

/** Refusals are logged, and stand in a status that many may read. */
function withoutLogins(text: string): string {
  return text.replaceAll(/\/\/\S*@/g, '//…@');
}
