/**
 * Divides a budget of whole replicas in proportion to what each asks for, by largest remainder (Hamilton's method, ties
 * to the earlier): nobody gets more than it asks for, and all of the budget is given out where more is asked for than
 * there is.
 * @param wanted whole numbers of at least 0
 * @param budget below 0 counts as 0
 */
export function shareBudget(wanted: readonly number[], budget: number): readonly number[] {
  const all = wanted.reduce((sum, one) => sum + one, 0);
  const room = Math.max(0, Math.floor(budget));
  if (all <= room) return wanted;
  const exact = wanted.map((one) => (one * room) / all);
  const granted = exact.map(Math.floor);
  const left = room - granted.reduce((sum, one) => sum + one, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - granted[index] }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) granted[index] += 1;
  return granted;
}
