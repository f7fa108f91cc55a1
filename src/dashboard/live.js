const RETRY_MS = 5000;

/**
 * Listens to decisions as they are made, for as long as the page is open. The browser itself comes back after a lost
 * connection with the id of the last event; where the server refused (it is full, or going), we try again.
 * @param {{ onDecision: (data: any) => void, onReset: () => void, onState: (state: 'live' | 'waiting') => void }} handlers
 * @returns {() => void} ends it
 */
export function listenLive({ onDecision, onReset, onState }) {
  let source;
  let retry;
  const open = () => {
    source = new EventSource('api/v1/stream');
    source.addEventListener('open', () => onState('live'));
    source.addEventListener('decision', (event) => onDecision(JSON.parse(event.data)));
    source.addEventListener('reset', onReset);
    source.addEventListener('error', () => {
      onState('waiting');
      if (source.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(() => {
        open();
        onReset();
      }, RETRY_MS);
    });
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
