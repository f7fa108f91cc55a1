const RETRY_MS = 5000;

/**
 * Listens to decisions as they are made, for as long as the page is open. The browser itself comes back after a lost
 * connection; where the server refused (it is full, or going), we try again. Back again, the state is read anew: it may
 * be another controller, and nothing may have been read before.
 * @param {{ onDecision: (data: any) => void, onReset: () => void, onState: (state: 'live' | 'waiting') => void }} handlers
 * @returns {() => void} ends it
 */
export function listenLive({ onDecision, onReset, onState }) {
  let source;
  let retry;
  let wasLost = false;
  const open = () => {
    source = new EventSource('api/v1/stream');
    source.addEventListener('open', () => {
      onState('live');
      if (wasLost) onReset();
      wasLost = false;
    });
    source.addEventListener('decision', (event) => onDecision(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      onState('waiting');
      wasLost = true;
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
    });
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
