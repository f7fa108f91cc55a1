import { withinDeadline } from '../../control/deadline.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { type ApiAnswered, type ApiDoor, parsedOrNothing, TIMEOUT_SECONDS } from './api-door.ts';
import { tokenFrom } from './token.ts';

/** Straight to the API at `server`. Rejects with `usage` where that is no address, or the token's file cannot be read. */
export async function openDirectDoor(server: string, tokenFile: string | undefined): Promise<ApiDoor> {
  const root = rootOf(server);
  const authorization =
    tokenFile === undefined ? {} : { authorization: `Bearer ${await tokenFrom(tokenFile)}` };
  const headers = { accept: 'application/json', ...authorization };
  return {
    name: server,
    get(path, signal) {
      const url = new URL(`${root}${path}`);
      return withinDeadline(
        { seconds: TIMEOUT_SECONDS, parent: signal },
        (within) => answered(url, headers, within),
        (error) => {
          throw signal.aborted ? (error as Error) : unanswered(url, error);
        },
      );
    },
    close: () => Promise.resolve(),
  };
}

function rootOf(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href.replace(/\/+$/, '');
  throw new PrescaleError('usage', `--server: got "${server}", allowed: an http or https URL`);
}

async function answered(
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<ApiAnswered> {
  const response = await fetch(url, { headers, signal });
  return { status: response.status, body: parsedOrNothing(await response.text()) };
}

function unanswered(url: URL, error: unknown): PrescaleError {
  const { cause, message } = error as Error & { cause?: Error };
  return new PrescaleError(
    'sourceUnavailable',
    `no answer from ${url.origin}: ${cause?.message ?? message}; is the controller running, and --server its address?`,
  );
}
