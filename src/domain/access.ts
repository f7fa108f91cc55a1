/** The words of who asks and what they may: an authority outside of this program knows both. */

/** Somebody whom the authority vouches for, in its own words. */
export interface Identity {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export type AccessQuestion =
  /** May they ask this path in this way at all? */
  | { readonly kind: 'path'; readonly path: string; readonly verb: string }
  /** May they get the autoscalers of this namespace? null: of all namespaces. */
  | { readonly kind: 'autoscalers'; readonly namespace: string | null };

/** The authority. Each call rejects when it does not answer in time, or refuses to be asked. */
export interface AccessReviewer {
  /** Whose token it is; undefined where it is nobody's. */
  identify(token: string): Promise<Identity | undefined>;
  allows(identity: Identity, question: AccessQuestion): Promise<boolean>;
}
