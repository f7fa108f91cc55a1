/** How many workloads one query may ask for, learnt from what the server manages within the time for a request. */
export interface GroupLimit {
  maxMembers(): number;
  /** They were asked for at once, and that was too much. */
  tooMany(members: number): void;
  answered(members: number): void;
}

/** Below this many, a server that does not answer in time is slow for other reasons. */
const LEAST_MEMBERS = 64;
/** Full groups answered before a larger one is tried: a try that fails costs these workloads a tick. */
const ANSWERS_BEFORE_MORE = 240;

/** Halved when a query is too much, doubled after many queries of that size. */
export function createGroupLimit(): GroupLimit {
  let limit = Infinity;
  let answers = 0;
  return {
    maxMembers: () => limit,
    tooMany(members) {
      answers = 0;
      if (members >= LEAST_MEMBERS) limit = Math.max(LEAST_MEMBERS, Math.ceil(members / 2));
    },
    answered(members) {
      if (members < limit) return;
      answers += 1;
      if (answers < ANSWERS_BEFORE_MORE) return;
      answers = 0;
      limit *= 2;
    },
  };
}
