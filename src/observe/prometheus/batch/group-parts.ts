import type { Evaluation } from '../evaluation-instants.ts';
import type { QueryTemplate } from './query-template.ts';

/** One query at a stretch of instants that the server takes in one request. */
export interface Part {
  readonly query: string;
  readonly evaluation: Evaluation;
}

/** Parts that one query answers; the only one of its kind is asked as it was written. */
export interface PartGroup {
  readonly query: string;
  readonly evaluation: Evaluation;
  /** Places of the parts in the list that was grouped. */
  readonly members: readonly number[];
  /** By which labels the answer's series belong to a member: its place by their values. null: all are the one's. */
  readonly tellApart: {
    readonly labels: readonly string[];
    readonly memberByValues: ReadonlyMap<string, number>;
  } | null;
}

export interface GroupLimits {
  /** Members of one group. */
  readonly maxMembers: number;
  /** Members times instants: what one answer may hold at most, where each member is one series. */
  readonly maxPoints: number;
}

/** Between the values of several labels in a map's key; no label value holds it in practice, and JSON escapes it. */
export function valuesKey(values: readonly string[]): string {
  return values.length === 1 ? values[0] : JSON.stringify(values);
}

/** Every part once, those that differ in label values alone together. */
export function groupParts(
  parts: readonly Part[],
  templateOf: (query: string) => QueryTemplate | null,
  limits: GroupLimits,
): readonly PartGroup[] {
  const kindred = new Map<string, Map<string, number[]>>();
  let last: { readonly evaluation: Evaluation; readonly byTemplate: Map<string, number[]> } | undefined;
  parts.forEach(({ query, evaluation }, at) => {
    // Parts of one span mostly share it: a key for each of a fleet's would be put together in vain.
    if (last?.evaluation !== evaluation) last = { evaluation, byTemplate: atInstants(kindred, evaluation) };
    const key = templateOf(query)?.key ?? `=${at}`;
    const members = last.byTemplate.get(key);
    if (members === undefined) last.byTemplate.set(key, [at]);
    else members.push(at);
  });
  const sizeOf = ({ startMs, endMs, stepMs }: Evaluation): number => {
    const instants = (endMs - startMs) / stepMs + 1;
    return Math.max(1, Math.min(limits.maxMembers, Math.floor(limits.maxPoints / instants)));
  };
  const all = [...kindred.values()].flatMap((byTemplate) => [...byTemplate.values()]);
  return all.flatMap((members) =>
    chunks(members, sizeOf(parts[members[0]].evaluation)).map((some) => groupOf(parts, some, templateOf)),
  );
}

function atInstants(
  kindred: Map<string, Map<string, number[]>>,
  { startMs, endMs, stepMs }: Evaluation,
): Map<string, number[]> {
  const key = `${startMs} ${endMs} ${stepMs}`;
  const known = kindred.get(key) ?? new Map<string, number[]>();
  if (known.size === 0) kindred.set(key, known);
  return known;
}

/** The two halves of a group that could not be answered as one. */
export function halves(
  parts: readonly Part[],
  { members }: PartGroup,
  templateOf: (query: string) => QueryTemplate | null,
): readonly PartGroup[] {
  return chunks(members, Math.ceil(members.length / 2)).map((some) => groupOf(parts, some, templateOf));
}

function groupOf(
  parts: readonly Part[],
  members: readonly number[],
  templateOf: (query: string) => QueryTemplate | null,
): PartGroup {
  const { query, evaluation } = parts[members[0]];
  if (members.length === 1) return { query, evaluation, members, tellApart: null };
  const templates = members.map((at) => templateOf(parts[at].query)!);
  const valuesOf = varyingValues(templates);
  const labels = [...valuesOf.keys()];
  const memberByValues = new Map(
    templates.map(({ values }, index) => [
      valuesKey(labels.map((label) => values.get(label)!)),
      members[index],
    ]),
  );
  return { query: templates[0].render(valuesOf), evaluation, members, tellApart: { labels, memberByValues } };
}

/** Of the labels that are not the same for all, the values in order. */
function varyingValues(templates: readonly QueryTemplate[]): ReadonlyMap<string, readonly string[]> {
  const labels = [...templates[0].values.keys()];
  const all = labels.map((label): readonly [string, readonly string[]] => [
    label,
    [...new Set(templates.map(({ values }) => values.get(label)!))].sort(),
  ]);
  return new Map(all.filter(([, values]) => values.length > 1));
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
