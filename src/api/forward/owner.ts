/** Which replica of the controller owns the workloads: one that does not passes on what it is asked about them. */
export interface Owner {
  /** Where the owner's API answers; undefined where this replica owns, or nobody is known to. */
  url(): string | undefined;
  isOwner(): boolean;
}

/** Where the workloads are shared out: each namespace has its own owner, and only that one knows of them. */
export interface SharedOwner {
  owns(namespace: string): boolean;
  /** Where the API of the namespace's owner answers; undefined: nobody is known to own it, or it tells no address. */
  url(namespace: string): string | undefined;
  /** Where all other owners answer; undefined where not all of them are known by an address. */
  others(): readonly string[] | undefined;
}

/** Who passed a question on: whoever is asked with it answers it, and passes it on to nobody. */
export const FORWARDED_BY = 'x-prescale-forwarded-by';
/** `owner`, or `standby`: a replica that decides the same beside the owner, writes nothing, and has its own history. */
export const ANSWERED_BY = 'X-Prescale-Answered-By';
/** On a standby's answer: since when that replica has decided, and so since when its own history misses nothing. */
export const DECIDING_SINCE = 'X-Prescale-Deciding-Since';
