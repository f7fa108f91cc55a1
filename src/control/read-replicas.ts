import type { ReplicaStatus } from '../actuate/scaler.ts';
import { startCutOff } from './deadline.ts';
import type { Member } from './fleet.ts';
import type { TickDeps } from './tick-deps.ts';

/** Whose replicas are to be read, and when it is in its own time. */
export interface Unread {
  readonly member: Member;
  readonly nowMs: number;
}

/** What reading a workload's replicas came to; undefined: nothing before the time for it was over. */
export type ReplicasRead = { readonly status: ReplicaStatus } | { readonly error: unknown } | undefined;

/**
 * In the order of `all`. They are asked for in another one: who could not be read in time, at the tick before or at many
 * of them, comes first. A server that is too slow for a whole fleet then serves each part of it in its turn.
 * One wait for all: a race for each of them would take longer than all else that is done with what they tell.
 */
export async function readReplicas(
  { scaler }: TickDeps,
  all: readonly Unread[],
  signal: AbortSignal,
): Promise<readonly ReplicasRead[]> {
  const read = new Array<ReplicasRead>(all.length).fill(undefined);
  if (signal.aborted) return read;
  const tell = (index: number, told: ReplicasRead): void => {
    if (!signal.aborted) read[index] = told;
  };
  const cutOff = startCutOff(signal);
  const readings = inTurn(all).map(async (index) => {
    const { member, nowMs } = all[index];
    try {
      tell(index, { status: await scaler.read(member.policy, nowMs, signal) });
    } catch (error) {
      tell(index, { error });
    }
  });
  await Promise.race([Promise.all(readings), cutOff.aborted]);
  cutOff.clear();
  all.forEach(({ member }, index) => {
    member.unreadTicks = read[index] === undefined ? member.unreadTicks + 1 : 0;
  });
  return read;
}

function inTurn(all: readonly Unread[]): readonly number[] {
  const indexes = [...all.keys()];
  const isEven = all.every(({ member }) => member.unreadTicks === all[0].member.unreadTicks);
  return isEven ? indexes : indexes.sort((a, b) => all[b].member.unreadTicks - all[a].member.unreadTicks);
}
