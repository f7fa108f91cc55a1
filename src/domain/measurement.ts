/**
 * What one look at one metric gave. Each kind is a different fact and stays different to the end:
 * only `value` may be sized for (a recorded zero is a value of 0), none of the others is ever read as "no load".
 */
export type Measurement =
  /** The newest complete slot is there. `endsAtMs`: end of the interval it is the mean of. */
  | { readonly kind: 'value'; readonly value: number; readonly endsAtMs: number }
  /** There was a sample, and it is older than the policy's staleAfter. */
  | { readonly kind: 'stale'; readonly value: number; readonly endsAtMs: number }
  /** The source answered, and there was no series or no sample in the window asked for. */
  | { readonly kind: 'empty' }
  /** The newest sample is NaN, infinite, or negative where it cannot be, and so says nothing. */
  | { readonly kind: 'notANumber'; readonly endsAtMs: number }
  /** The source said that its answer is incomplete, or too many recent slots are missing. */
  | { readonly kind: 'partial'; readonly message: string }
  /** The source refused the query (bad PromQL, more than one series): asking again will not help. */
  | { readonly kind: 'queryRejected'; readonly message: string }
  /** No answer: connection refused, timeout, 5xx, broken body. */
  | { readonly kind: 'sourceDown'; readonly message: string };

export type MeasurementKind = Measurement['kind'];
