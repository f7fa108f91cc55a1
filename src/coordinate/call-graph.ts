/**
 * The coordination stage: who calls whom. What a workload is asked for becomes load of those that it calls, so what is
 * expected of the caller is expected of the callee before it arrives (caused-load.ts), and a change of the one is made
 * before or after that of the other (phases.ts). Edges point from the callee to its callers, as a policy's `dependsOn`
 * gives them.
 */
export interface CallNode {
  readonly key: string;
  /** Keys of those that call it; of some of them there may be no node. */
  readonly callers: readonly string[];
}

/**
 * How far each node is behind the front, 0 where nobody (that is known) calls it; a callee is further behind than all of
 * its callers. In this order, each node comes after its callers. Nodes on a cycle, or behind one, are left out.
 */
export function callDepths(nodes: readonly CallNode[]): ReadonlyMap<string, number> {
  const known = new Set(nodes.map(({ key }) => key));
  const depths = new Map<string, number>();
  let left = nodes;
  for (let depth = 0; left.length > 0; depth += 1) {
    const ready = left.filter(({ callers }) => callers.every((key) => depths.has(key) || !known.has(key)));
    if (ready.length === 0) break;
    for (const { key } of ready) depths.set(key, depth);
    left = left.filter(({ key }) => !depths.has(key));
  }
  return depths;
}

/** Who calls the node, and who calls those, and so on. */
export function allCallers(key: string, nodes: readonly CallNode[]): ReadonlySet<string> {
  const callersOf = new Map(nodes.map((node) => [node.key, node.callers]));
  const found = new Set<string>();
  const queue = [key];
  for (const next of queue)
    for (const caller of (callersOf.get(next) ?? []).filter((one) => !found.has(one))) {
      found.add(caller);
      queue.push(caller);
    }
  return found;
}

/**
 * One cycle through each node that is on one: the node, its caller, the caller's caller, … and the node again, the
 * shortest there is.
 */
export function callCycles(nodes: readonly CallNode[]): ReadonlyMap<string, readonly string[]> {
  const depths = callDepths(nodes);
  const left = new Map(nodes.filter(({ key }) => !depths.has(key)).map((node) => [node.key, node]));
  const cycles = [...left.keys()].map((key) => [key, wayBack(key, left)] as const);
  return new Map(cycles.flatMap(([key, cycle]) => (cycle ? [[key, cycle] as const] : [])));
}

/** Breadth first along the callers; undefined: it only stands behind a cycle. */
function wayBack(from: string, nodes: ReadonlyMap<string, CallNode>): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  // A queue that is read while it grows.
  const queue = [from];
  for (const key of queue) {
    const callers = nodes.get(key)?.callers ?? [];
    if (callers.includes(from)) return [...trace(key, from, cameFrom), from];
    for (const caller of callers.filter((one) => nodes.has(one) && !cameFrom.has(one))) {
      cameFrom.set(caller, key);
      queue.push(caller);
    }
  }
  return undefined;
}

function trace(to: string, from: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [to];
  while (way[0] !== from) way.unshift(cameFrom.get(way[0])!);
  return way;
}
