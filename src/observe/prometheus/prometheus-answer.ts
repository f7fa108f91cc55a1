/** What a Prometheus said. Stamps are milliseconds since the epoch; values may be NaN or infinite. */
export type PrometheusAnswer =
  | {
      readonly kind: 'samples';
      readonly stampsAtMs: readonly number[];
      readonly values: readonly number[];
      /** What the source warned of: its answer may be incomplete. */
      readonly warning: string | null;
    }
  | PrometheusFault;

export type PrometheusFault =
  | { readonly kind: 'queryRejected'; readonly message: string }
  | { readonly kind: 'sourceDown'; readonly message: string };

/** The JSON of Prometheus' HTTP API, as far as it is used; nothing in it is trusted to be there. */
export interface Envelope {
  readonly status?: unknown;
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly warnings?: unknown;
  /** VictoriaMetrics' word for a partial answer. */
  readonly isPartial?: unknown;
  readonly data?: { readonly resultType?: unknown; readonly result?: unknown };
}

const MAX_MESSAGE_CHARACTERS = 200;

/** The query's own fault: asking again will not help. */
export function rejected(message: string): PrometheusFault {
  return { kind: 'queryRejected', message };
}

/** The source's fault: asking again may help. */
export function down(message: string): PrometheusFault {
  return { kind: 'sourceDown', message };
}

/** What a server said, on one line of a length that fits a log. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_MESSAGE_CHARACTERS ? line : `${line.slice(0, MAX_MESSAGE_CHARACTERS)}…`;
}
