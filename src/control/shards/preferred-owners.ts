import { rendezvousWeight } from '../../domain/rendezvous.ts';

/** What the Leases say of who is there. */
export interface ShardHolders {
  /** Of each shard, who holds it; undefined: nobody who is alive. */
  readonly holders: readonly (string | undefined)[];
  /** Who is alive and would like to have a shard. */
  readonly waiting: string | undefined;
}

/**
 * Who should hold each shard; undefined where nobody is there. All get as many as the others, or one more. A live holder
 * keeps up to its share, those first that weigh the most with it; what is over, and what nobody holds, goes to who has
 * room and weighs the most with it. So from a settled state whoever joins takes from the others what makes its share,
 * whoever goes leaves its own shards to the others, and no shard moves between those who stay.
 */
export function preferredOwners({ holders, waiting }: ShardHolders): readonly (string | undefined)[] {
  const shares = fairShares({ holders, waiting });
  const kept = new Set(
    [...shares].flatMap(([member, share]) => heaviest(shardsOf(member, holders), member).slice(0, share)),
  );
  const owners = holders.map((holder, shard) => (kept.has(shard) ? holder : undefined));
  const rest = [...holders.keys()].filter((shard) => !kept.has(shard));
  for (const { shard, member } of byWeight(rest, [...shares.keys()])) {
    const hasRoom = shardsOf(member, owners).length < shares.get(member)!;
    if (owners[shard] === undefined && hasRoom) owners[shard] = member;
  }
  return owners;
}

/** How many shards each may hold. The odd ones are left with those who hold the most. */
function fairShares({ holders, waiting }: ShardHolders): ReadonlyMap<string, number> {
  const members = [...new Set([...holders, waiting])].filter((one) => one !== undefined);
  const held = new Map(members.map((member) => [member, shardsOf(member, holders).length]));
  const sorted = members.toSorted((a, b) => held.get(b)! - held.get(a)! || (a < b ? -1 : 1));
  const least = Math.floor(holders.length / members.length);
  const odd = holders.length % members.length;
  return new Map(sorted.map((member, index) => [member, index < odd ? least + 1 : least]));
}

function shardsOf(member: string, owners: readonly (string | undefined)[]): readonly number[] {
  return [...owners.keys()].filter((shard) => owners[shard] === member);
}

function heaviest(shards: readonly number[], member: string): readonly number[] {
  return byWeight(shards, [member]).map(({ shard }) => shard);
}

interface Pair {
  readonly shard: number;
  readonly member: string;
  readonly weight: number;
}

/** Every pair of them, the heaviest first; the same order for everybody. */
function byWeight(shards: readonly number[], members: readonly string[]): readonly Pair[] {
  return shards
    .flatMap((shard) =>
      members.map((member) => ({ shard, member, weight: rendezvousWeight(member, `shard ${shard}`) })),
    )
    .sort((a, b) => b.weight - a.weight || a.shard - b.shard || (a.member < b.member ? -1 : 1));
}
