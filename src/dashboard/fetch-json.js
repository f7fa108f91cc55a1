import { askForToken, tokenHeaders } from './token.js';

const UNAUTHORIZED = 401;

/** What went wrong, in the API's own words (RFC 9457) where it said any. */
async function failureOf(response) {
  const problem = await response.json().catch(() => ({}));
  const fields = (problem.problems ?? []).map(
    ({ path, got, allowed }) => `${path}: got ${got}, allowed is ${allowed}`,
  );
  return new Error([problem.detail ?? `The server answered ${response.status}.`, ...fields].join(' '));
}

async function ask(path, options) {
  const headers = { ...options.headers, ...tokenHeaders() };
  const response = await fetch(path, { ...options, headers }).catch((error) => {
    throw error.name === 'AbortError' ? error : new Error('The controller does not answer.');
  });
  if (response.status === UNAUTHORIZED) {
    await askForToken(headers);
    return ask(path, options);
  }
  if (!response.ok) throw await failureOf(response);
  return response.json();
}

/**
 * Paths are relative, so that the page also works behind a proxy's prefix.
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export function getJson(path, signal) {
  return ask(path, { signal, headers: { accept: 'application/json' } });
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
export function postJson(path, body, signal) {
  return ask(path, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** @param {{ namespace: string, name: string }} workload */
export function autoscalerPath({ namespace, name }) {
  return `api/v1/autoscalers/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}
