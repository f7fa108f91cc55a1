/** The `scale` subresource of a target, as the scaler needs it; the adapter to the API server is in `cluster`. */

export interface ScaleTarget {
  readonly namespace: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface ScaleReading {
  /** What the target is asked to have (`spec.replicas` of its scale). */
  readonly specReplicas: number;
  /** What it has, ready or not (`status.replicas` of its scale). */
  readonly statusReplicas: number;
  readonly resourceVersion: string;
  /** Who owns the replica field, of those that are not us; empty where we do. */
  readonly otherOwners: readonly string[];
  /** When the replica field was last written, by the API server's clock; null where the target does not tell. */
  readonly replicasSetAtMs: number | null;
  /** Selects the target's pods; null where the scale does not tell. */
  readonly podSelector: string | null;
  /** The target itself, for what the scale does not tell: who is ready, whether a rollout is on. */
  readonly object: unknown;
}

export type ScaleWrite =
  | { readonly kind: 'applied' }
  /** The target is not what was read any more; nothing was written. */
  | { readonly kind: 'conflict'; readonly message: string }
  /** Refused; unanswered where none came from who keeps the count: it may have been written, and only a read tells. */
  | { readonly kind: 'failed'; readonly message: string; readonly isUnanswered?: boolean };

export interface ScaleApi {
  /** As of a moment ago at the oldest (a copy may tell). Throws where the target or its scale cannot be read. */
  read(target: ScaleTarget, signal: AbortSignal): Promise<ScaleReading>;
  /** As the server has it now. Throws as well. */
  readNow(target: ScaleTarget, signal: AbortSignal): Promise<ScaleReading>;
  /** Writes only if the scale is still at `resourceVersion`. */
  write(
    target: ScaleTarget,
    change: { readonly replicas: number; readonly resourceVersion: string },
    signal: AbortSignal,
  ): Promise<ScaleWrite>;
}
