import { readFile } from 'node:fs/promises';
import { PrescaleError } from '../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';

export interface ApiReaderOptions {
  readonly api: string;
  readonly tokenFile?: string | undefined;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;

/** The newest decision before `at` (of all, where not given) as the API has it; undefined: none was made yet. */
export async function readDecision(
  workload: WorkloadRef,
  at: string | undefined,
  { api, tokenFile, signal }: ApiReaderOptions,
): Promise<unknown> {
  const before = at === undefined ? '' : `&before=${encodeURIComponent(at)}`;
  const path = `/api/v1/autoscalers/${workload.namespace}/${workload.name}/decisions?limit=1${before}`;
  const headers = await headersFrom(tokenFile);
  const response = await fetched(urlOf(api, path), headers, signal);
  const body = await bodyOf(response);
  if (response.ok) return (body as { items?: unknown[] }).items?.at(0);
  const detail = (body as { detail?: string } | undefined)?.detail ?? response.statusText;
  if (response.status === 404)
    throw new PrescaleError(
      'notFound',
      `${api} does not look after ${workloadKey(workload)}; GET /api/v1/autoscalers there lists what it does`,
    );
  throw new PrescaleError('sourceUnavailable', `${api} answered ${response.status}: ${detail}`);
}

function urlOf(api: string, path: string): URL {
  try {
    const url = new URL(api);
    if (url.protocol === 'http:' || url.protocol === 'https:')
      return new URL(`${url.href.replace(/\/+$/, '')}${path}`);
  } catch {
    // Said below, as for any other scheme.
  }
  throw new PrescaleError('usage', `--api: got "${api}", allowed: an http or https URL`);
}

async function headersFrom(tokenFile: string | undefined): Promise<Record<string, string>> {
  const accept = { accept: 'application/json' };
  if (tokenFile === undefined) return accept;
  try {
    const token = (await readFile(tokenFile, 'utf8')).trim();
    return { ...accept, authorization: `Bearer ${token}` };
  } catch (error) {
    throw new PrescaleError('usage', `--token-file: cannot read ${tokenFile}: ${(error as Error).message}`);
  }
}

async function fetched(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (error) {
    if (signal.aborted) throw error;
    const { cause, message } = error as Error & { cause?: Error };
    throw new PrescaleError(
      'sourceUnavailable',
      `no answer from ${url.origin}: ${cause?.message ?? message}; is the controller running, and --api its address?`,
    );
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
