/**
 * What queries of a fleet have in common. `sum(rate(requests_total{app="cart"}[2m]))` and the same with
 * `app="checkout"` are one template; `sum by (app) (rate(requests_total{app=~"cart|checkout"}[2m]))` answers both.
 *
 * Why that gives the same numbers: a label can be put for many values at once only if every selector of the query fixes
 * it to the same value, and every operator on the way up keeps it: functions work series by series, aggregations get it
 * in `by`, vector matching gets it in `on` (or has it already). So nothing of one value ever meets anything of another,
 * and within one value the same series come in the same order. Whatever is not known to keep labels makes no template.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { AGGREGATIONS, SERIES_FUNCTIONS } from './label-keeping.ts';

export interface QueryTemplate {
  /** Equal for two queries that differ in nothing but values of `values`' labels. */
  readonly key: string;
  /** The labels that may be put for many values at once, with this query's value. */
  readonly values: ReadonlyMap<string, string>;
  /** The query for all of `valuesOf`'s values at once; its series tell them apart by these labels. */
  render(valuesOf: ReadonlyMap<string, readonly string[]>): string;
}

/** null: this query has to be asked by itself (also where it is no PromQL: the server says what is wrong). */
export function templateOf(query: string): QueryTemplate | null {
  const reading = readQuery(query);
  if (reading === null) return null;
  const values = sharedValues(reading);
  if (values.size === 0) return null;
  const render = (matcherText: MatcherText, added: readonly string[]): string =>
    applied(query, [
      ...reading.matchers
        .filter(({ label }) => values.has(label))
        .map(({ label, from, to }) => ({ from, to, text: matcherText(label) ?? query.slice(from, to) })),
      ...reading.groupings.map((grouping) => groupingEdit(grouping, added)),
    ]);
  return {
    key: render((label) => `${label}=?`, []),
    values,
    render: (valuesOf) =>
      render(
        (label) => (valuesOf.has(label) ? `${label}=~${alternatives(valuesOf.get(label)!)}` : undefined),
        [...valuesOf.keys()],
      ),
  };
}

type MatcherText = (label: string) => string | undefined;

/** Where a label is fixed to a value. */
interface Matcher {
  readonly label: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

/** A list of labels that has to name the added ones too. `head`: what stands before a list that is not there yet. */
interface Grouping {
  readonly from: number;
  readonly to: number;
  readonly head: string;
  readonly labels: readonly string[];
}

interface Reading {
  readonly matchers: Matcher[];
  readonly groupings: Grouping[];
  /** Per selector, the labels that it fixes to one value. */
  readonly fixed: ReadonlyMap<string, string>[];
  /** Labels that some operator drops, or that are also matched otherwise. */
  readonly lost: Set<string>;
}

type Kind = 'series' | 'scalar';

/** Functions drop the name, `histogram_quantile` the buckets' bounds. */
const NEVER_KEPT: readonly string[] = ['__name__', 'le'];

function readQuery(query: string): Reading | null {
  const reading: Reading = { matchers: [], groupings: [], fixed: [], lost: new Set(NEVER_KEPT) };
  const { topNode } = parser.parse(query);
  const expression = topNode.firstChild;
  if (expression === null || expression.nextSibling !== null || hasError(topNode)) return null;
  return kindOf(expression, { query, reading }) === 'series' ? reading : null;
}

interface Walk {
  readonly query: string;
  readonly reading: Reading;
}

/** What gives what its one operand gives. `@` is not among them: its place in the tree is not where it applies. */
const PASSING_ON: ReadonlySet<string> = new Set([
  ...['MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'ParenExpr', 'UnaryExpr'],
]);

/** What an expression gives, with everything in it read; null: not known to keep labels. */
function kindOf(node: SyntaxNode, walk: Walk): Kind | null {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return 'scalar';
    case 'VectorSelector':
      return readSelector(node, walk);
    case 'FunctionCall':
      return readCall(node, walk);
    case 'AggregateExpr':
      return readAggregation(node, walk);
    case 'BinaryExpr':
      return readBinary(node, walk);
    default:
      return PASSING_ON.has(node.name)
        ? innerKind(node.name === 'UnaryExpr' ? node.lastChild : node.firstChild, walk)
        : null;
  }
}

function innerKind(inner: SyntaxNode | null, walk: Walk): Kind | null {
  return inner === null ? null : kindOf(inner, walk);
}

function readSelector(node: SyntaxNode, { query, reading }: Walk): Kind | null {
  const fixed = new Map<string, string>();
  for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
    const label = textOf(matcher.getChild('LabelName'), query);
    const value = fixedValue(matcher, query);
    if (value === undefined || fixed.has(label)) reading.lost.add(label);
    else fixed.set(label, value);
    if (value !== undefined) reading.matchers.push({ label, value, from: matcher.from, to: matcher.to });
  }
  reading.fixed.push(fixed);
  return 'series';
}

/** Of `label="value"`; undefined for other operators, for no value, and for values written with escapes. */
function fixedValue(matcher: SyntaxNode, query: string): string | undefined {
  if (matcher.getChild('MatchOp')?.firstChild?.name !== 'EqlSingle') return undefined;
  const value = textOf(matcher.getChild('StringLiteral'), query).slice(1, -1);
  return value === '' || value.includes('\\') ? undefined : value;
}

function readCall(node: SyntaxNode, walk: Walk): Kind | null {
  const name = textOf(node.getChild('FunctionIdentifier'), walk.query).toLowerCase();
  if (!SERIES_FUNCTIONS.has(name)) return null;
  return seriesAmong(children(node.getChild('FunctionCallBody')), walk);
}

/** One series' expression and any scalars beside it. */
function seriesAmong(parts: readonly SyntaxNode[], walk: Walk): Kind | null {
  const kinds = parts.map((part) => kindOf(part, walk));
  const isOneOfThem = !kinds.includes(null) && kinds.filter((kind) => kind === 'series').length === 1;
  return isOneOfThem ? 'series' : null;
}

function readAggregation(node: SyntaxNode, walk: Walk): Kind | null {
  const operator = node.getChild('AggregateOp');
  if (operator === null || !AGGREGATIONS.has(textOf(operator, walk.query).toLowerCase())) return null;
  const modifier = node.getChild('AggregateModifier');
  if (modifier === null)
    walk.reading.groupings.push({ from: operator.to, to: operator.to, head: ' by ', labels: [] });
  else readLabelList(modifier, modifier.getChild('By') !== null, walk);
  return seriesAmong(children(node.getChild('FunctionCallBody')), walk);
}

function readBinary(node: SyntaxNode, walk: Walk): Kind | null {
  const [left, right] = [node.firstChild, node.lastChild].map((side) => innerKind(side, walk));
  const clause = node.getChild('MatchingModifierClause');
  const isMatched = clause?.getChild('On') !== null || clause.getChild('Ignoring') !== null;
  if (clause !== null && isMatched) readLabelList(clause, clause.getChild('On') !== null, walk);
  if (left === null || right === null) return null;
  return left === 'series' || right === 'series' ? 'series' : 'scalar';
}

/** A list of labels that are kept has to name more; one of labels that are dropped must not name what is to be kept. */
function readLabelList(modifier: SyntaxNode, isKept: boolean, { query, reading }: Walk): void {
  const [list, copied] = modifier.getChildren('GroupingLabels');
  const namesOf = (names: SyntaxNode | undefined): string[] =>
    names?.getChildren('LabelName').map((label) => textOf(label, query)) ?? [];
  // What `group_left` copies may not stand in `on` as well.
  for (const label of namesOf(copied)) reading.lost.add(label);
  if (isKept) reading.groupings.push({ from: list.from, to: list.to, head: '', labels: namesOf(list) });
  else for (const label of namesOf(list)) reading.lost.add(label);
}

/** The labels that every selector fixes to one and the same value, and nothing drops. */
function sharedValues({ fixed, lost }: Reading): ReadonlyMap<string, string> {
  const [first = new Map<string, string>(), ...others] = fixed;
  const isShared = ([label, value]: readonly [string, string]): boolean =>
    !lost.has(label) && others.every((one) => one.get(label) === value);
  return new Map([...first].filter(isShared));
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function groupingEdit({ from, to, head, labels }: Grouping, added: readonly string[]): Edit {
  const all = [...labels, ...added.filter((label) => !labels.includes(label))];
  return { from, to, text: all.length === 0 && head !== '' ? '' : `${head}(${all.join(', ')})` };
}

function applied(query: string, edits: readonly Edit[]): string {
  const inOrder = edits.toSorted((a, b) => a.from - b.from);
  const pieces = inOrder.map(
    ({ from, text }, at) => query.slice(at === 0 ? 0 : inOrder[at - 1].to, from) + text,
  );
  return pieces.join('') + query.slice(inOrder.at(-1)?.to ?? 0);
}

/** A PromQL string of a regular expression (RE2, anchored at both ends by Prometheus) for exactly these values. */
function alternatives(values: readonly string[]): string {
  return JSON.stringify(values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'));
}

function textOf(node: SyntaxNode | null, query: string): string {
  return node === null ? '' : query.slice(node.from, node.to);
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function hasError(node: SyntaxNode): boolean {
  return node.type.isError || children(node).some(hasError);
}
