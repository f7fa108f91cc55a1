/** The candidate that `name` is most likely a misspelling of; undefined when none is near. */
export function nearestTo(name: string, candidates: readonly string[]): string | undefined {
  // One slip in every three characters, and never more than three: `min` is not a misspelling of `mode`.
  const limit = Math.min(3, Math.max(1, Math.floor(name.length / 3)));
  let nearest: string | undefined;
  let nearestEdits = limit + 1;
  for (const candidate of candidates) {
    // Names this much shorter or longer cannot be near; skipping them bounds the work on hostile input.
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < nearestEdits) [nearest, nearestEdits] = [candidate, edits];
  }
  return nearest;
}

/** Insertions, deletions and substitutions that turn `a` into `b` (Levenshtein 1966), O(a b) time, O(b) memory. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}
