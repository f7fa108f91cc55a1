/** Which replica of the controller owns the workloads: one that does not passes on what it is asked about them. */
export interface Owner {
  /** Where the owner's API answers; undefined where this replica owns, or nobody is known to. */
  url(): string | undefined;
  isOwner(): boolean;
}

/** Who passed a question on: whoever is asked with it answers it, and passes it on to nobody. */
export const FORWARDED_BY = 'x-prescale-forwarded-by';
/** `owner`, or `standby`: a replica that decides the same beside the owner, writes nothing, and has its own history. */
export const ANSWERED_BY = 'X-Prescale-Answered-By';
/** On a standby's answer: since when that replica has decided, and so since when its own history misses nothing. */
export const DECIDING_SINCE = 'X-Prescale-Deciding-Since';
