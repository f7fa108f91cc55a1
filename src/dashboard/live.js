import { eventsOf } from './event-stream.js';
import { askForToken, tokenHeaders } from './token.js';

const RETRY_MS = 5000;
const UNAUTHORIZED = 401;

/**
 * Listens to decisions as they are made, for as long as the page is open. After a lost connection we come back, and
 * the state is read anew: it may be another controller, and nothing may have been read before.
 * @param {{ onDecision: (data: any) => void, onReset: () => void, onState: (state: 'live' | 'waiting') => void }} handlers
 * @returns {() => void} ends it
 */
export function listenLive({ onDecision, onReset, onState }) {
  const closing = new AbortController();
  let wasLost = false;

  const listen = async () => {
    const headers = { accept: 'text/event-stream', ...tokenHeaders() };
    const response = await fetch('api/v1/stream', { headers, signal: closing.signal, cache: 'no-store' });
    if (response.status === UNAUTHORIZED) return askForToken(headers);
    if (!response.ok || response.body === null) return pause();
    onState('live');
    if (wasLost) onReset();
    wasLost = true;
    for await (const { event, data } of eventsOf(response.body))
      if (event === 'decision') onDecision(JSON.parse(data));
    return pause();
  };

  const goOn = async () => {
    while (!closing.signal.aborted) {
      await listen().catch(pause);
      onState('waiting');
    }
  };
  void goOn();
  return () => closing.abort();
}

/** @returns {Promise<void>} */
function pause() {
  return new Promise((resolve) => {
    setTimeout(resolve, RETRY_MS);
  });
}
