import { beforeAbort, startDeadline } from '../../control/deadline.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { type ApiAnswered, type ApiDoor, parsedOrNothing } from './api-door.ts';
import { tokenFrom } from './token.ts';

const TIMEOUT_SECONDS = 10;

/** Straight to the API at `server`. Rejects with `usage` where that is no address, or the token's file cannot be read. */
export async function openDirectDoor(server: string, tokenFile: string | undefined): Promise<ApiDoor> {
  const root = rootOf(server);
  const authorization =
    tokenFile === undefined ? {} : { authorization: `Bearer ${await tokenFrom(tokenFile)}` };
  const headers = { accept: 'application/json', ...authorization };
  return {
    name: server,
    async get(path, signal) {
      const url = new URL(`${root}${path}`);
      const deadline = startDeadline(TIMEOUT_SECONDS, signal);
      const refuse = (error: unknown): never => {
        throw signal.aborted ? (error as Error) : unanswered(url, error);
      };
      try {
        // Node 20's fetch may miss an abort between its headers and its body: nobody waits for it then.
        return await beforeAbort(answered(url, headers, deadline.signal), deadline.signal, refuse);
      } finally {
        deadline.clear();
      }
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
