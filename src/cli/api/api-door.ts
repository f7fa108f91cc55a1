import { PrescaleError } from '../../domain/errors.ts';

/**
 * Within which a door's answer has come, body and all. It is waited for no longer, nor beyond a signal: Node 20's fetch
 * may miss an abort between an answer's headers and its body.
 */
export const TIMEOUT_SECONDS = 10;

/** A way to the decision API: straight to its address, or through the API server of a cluster. */
export interface ApiDoor {
  /** What a person knows it by. */
  readonly name: string;
  /** Rejects with `sourceUnavailable` where nobody answers. */
  get(path: string, signal: AbortSignal): Promise<ApiAnswered>;
  close(): Promise<void>;
}

export interface ApiAnswered {
  readonly status: number;
  /** undefined where it is no JSON. */
  readonly body: unknown;
}

/** What is asked for; undefined: there is none (404). Any other refusal rejects. */
export async function bodyFrom(door: ApiDoor, path: string, signal: AbortSignal): Promise<unknown> {
  const { status, body } = await door.get(path, signal);
  if (status === 200) return body;
  if (status === 404) return undefined;
  const { detail, message } = (body ?? {}) as { detail?: string; message?: string };
  throw new PrescaleError(
    // A refusal will be one again; a server that cannot answer now may later.
    status < 500 ? 'internal' : 'sourceUnavailable',
    `${door.name} answered ${status}: ${detail ?? message ?? 'nothing'}`,
  );
}

export function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
