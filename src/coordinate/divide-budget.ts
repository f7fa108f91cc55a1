/**
 * Divides a budget that is too small for all that is asked of it so that it avoids as much lateness as it can: a
 * multiple-choice knapsack (each workload gets one count), solved by dynamic programming over the budget in lots
 * (Kellerer, Pferschy, Pisinger: Knapsack Problems, 2004, chapter 11). Handing out replica by replica to whoever gains
 * most would be wrong wherever the first few replicas alone help nobody.
 */
export interface Claim {
  /** Not fewer, whatever the budget. */
  readonly leastReplicas: number;
  /** Not more; at least `leastReplicas`. */
  readonly wantedReplicas: number;
  /** What one replica takes of the budget: above 0. */
  readonly price: number;
  /** What late requests cost with so many replicas; it never rises with the count. */
  readonly lateCost: (replicas: number) => number;
}

/** Exact up to here: so many lots, and so many steps of the search. */
const MOST_LOTS = 2000;
const MOST_STEPS = 2e7;
/** Prices are decimal numbers: 0.12 and 0.08 are 3 and 2 lots of 0.04. */
const SMALLEST_PRICE = 1e-6;
const ROUNDING = 1e-9;

/**
 * Replicas for each claim, in their order. All get what they want where that fits, and the least where not even that
 * does. What is left of the budget goes to whoever gains most by one replica more, and where nobody gains, to whoever
 * lacks the largest share of what it wants.
 */
export function divideBudget(claims: readonly Claim[], budget: number): readonly number[] {
  const room = budget - sumOf(claims, ({ leastReplicas, price }) => leastReplicas * price);
  const asked = sumOf(
    claims,
    ({ leastReplicas, wantedReplicas, price }) => (wantedReplicas - leastReplicas) * price,
  );
  if (asked <= room + ROUNDING) return claims.map(({ wantedReplicas }) => wantedReplicas);
  if (room <= 0) return claims.map(({ leastReplicas }) => leastReplicas);
  return filledUp(claims, bestCounts(claims, room), budget);
}

interface Choice {
  readonly replicas: number;
  readonly lots: number;
  readonly cost: number;
}

function bestCounts(claims: readonly Claim[], room: number): readonly number[] {
  const lot = lotOf(claims, room);
  const lots = Math.floor(room / lot + ROUNDING);
  let best = new Float64Array(lots + 1);
  const taken = claims.map((claim) => {
    const { cheapest, chosen } = withClaim(best, choicesOf(claim, lot, lots));
    best = cheapest;
    return chosen;
  });
  const counts: number[] = [];
  let left = lots;
  for (const chosen of taken.reverse()) {
    const { replicas, lots: used } = chosen[left];
    counts.unshift(replicas);
    left -= used;
  }
  return counts;
}

/** By lots that may be used: the least cost with one claim more, and the choice that it takes. */
function withClaim(
  before: Float64Array<ArrayBuffer>,
  choices: readonly Choice[],
): { readonly cheapest: Float64Array<ArrayBuffer>; readonly chosen: readonly Choice[] } {
  const cheapest = new Float64Array(before.length).fill(Infinity);
  const chosen = Array<Choice>(before.length);
  for (const choice of choices)
    for (let used = choice.lots; used < before.length; used += 1) {
      const cost = before[used - choice.lots] + choice.cost;
      if (cost >= cheapest[used]) continue;
      cheapest[used] = cost;
      chosen[used] = choice;
    }
  return { cheapest, chosen };
}

function choicesOf(
  { leastReplicas, wantedReplicas, price, lateCost }: Claim,
  lot: number,
  lots: number,
): Choice[] {
  const stride = Math.max(1, Math.floor(lot / price + ROUNDING));
  const most = Math.min(wantedReplicas, leastReplicas + Math.floor((lots * lot) / price + ROUNDING));
  const counts: number[] = [];
  for (let replicas = leastReplicas; replicas < most; replicas += stride) counts.push(replicas);
  return [...counts, most].map((replicas) => ({
    replicas,
    lots: Math.ceil(((replicas - leastReplicas) * price) / lot - ROUNDING),
    cost: lateCost(replicas),
  }));
}

/** The largest part that every price is a multiple of, where there are not too many in the room. */
function lotOf(claims: readonly Claim[], room: number): number {
  const exact =
    SMALLEST_PRICE *
    claims.map(({ price }) => Math.round(price / SMALLEST_PRICE)).reduce(greatestCommonDivisor);
  const mostLots = Math.min(MOST_LOTS, Math.floor(Math.sqrt(MOST_STEPS / claims.length)));
  return Math.max(exact, room / mostLots);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function filledUp(claims: readonly Claim[], counts: readonly number[], budget: number): readonly number[] {
  const filled = [...counts];
  let left = budget - sumOf(claims, ({ price }, index) => filled[index] * price);
  for (;;) {
    const next = nextToFill(claims, filled, left);
    if (next === undefined) return filled;
    filled[next] += 1;
    left -= claims[next].price;
  }
}

function nextToFill(claims: readonly Claim[], filled: readonly number[], left: number): number | undefined {
  const open = [...claims.keys()].filter(
    (index) => filled[index] < claims[index].wantedReplicas && claims[index].price <= left + ROUNDING,
  );
  const gain = (index: number): number => {
    const { lateCost, price } = claims[index];
    return (lateCost(filled[index]) - lateCost(filled[index] + 1)) / price;
  };
  const lack = (index: number): number => 1 - filled[index] / claims[index].wantedReplicas;
  return open.toSorted((a, b) => gain(b) - gain(a) || lack(b) - lack(a))[0];
}

function sumOf<One>(all: readonly One[], of: (one: One, index: number) => number): number {
  return all.reduce((sum, one, index) => sum + of(one, index), 0);
}
