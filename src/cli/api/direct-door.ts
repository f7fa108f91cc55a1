import { PrescaleError } from '../../domain/errors.ts';
import { parsedOrNothing, type ApiDoor } from './api-door.ts';
import { tokenFrom } from './token.ts';

const TIMEOUT_MS = 10_000;

/** Straight to the API at `server`. Rejects with `usage` where that is no address, or the token's file cannot be read. */
export async function openDirectDoor(server: string, tokenFile: string | undefined): Promise<ApiDoor> {
  const root = rootOf(server);
  const authorization =
    tokenFile === undefined ? {} : { authorization: `Bearer ${await tokenFrom(tokenFile)}` };
  const headers = { accept: 'application/json', ...authorization };
  return {
    name: server,
    async get(path, signal) {
      const response = await fetched(new URL(`${root}${path}`), headers, signal);
      return { status: response.status, body: parsedOrNothing(await response.text()) };
    },
    close: () => Promise.resolve(),
  };
}

function rootOf(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href.replace(/\/+$/, '');
  throw new PrescaleError('usage', `--server: got "${server}", allowed: an http or https URL`);
}

async function fetched(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (error) {
    if (signal.aborted) throw error;
    const { cause, message } = error as Error & { cause?: Error };
    throw new PrescaleError(
      'sourceUnavailable',
      `no answer from ${url.origin}: ${cause?.message ?? message}; is the controller running, and --server its address?`,
    );
  }
}
