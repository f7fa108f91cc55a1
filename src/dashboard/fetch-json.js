/** What went wrong, in the API's own words (RFC 9457) where it said any. */
async function failureOf(response) {
  const problem = await response.json().catch(() => ({}));
  const fields = (problem.problems ?? []).map(
    ({ path, got, allowed }) => `${path}: got ${got}, allowed is ${allowed}`,
  );
  return new Error([problem.detail ?? `The server answered ${response.status}.`, ...fields].join(' '));
}

/**
 * Paths are relative, so that the page also works behind a proxy's prefix.
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export async function getJson(path, signal) {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw await failureOf(response);
  return response.json();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
export async function postJson(path, body, signal) {
  const response = await fetch(path, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await failureOf(response);
  return response.json();
}

/** @param {{ namespace: string, name: string }} workload */
export function autoscalerPath({ namespace, name }) {
  return `api/v1/autoscalers/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}
