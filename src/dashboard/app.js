import { setText } from './elements.js';
import { openFleetPage } from './fleet-page.js';
import { listenLive } from './live.js';
import { startTheme } from './theme.js';
import { openWorkloadPage } from './workload-page.js';

const main = document.getElementById('content');
const listeners = new Set();
const live = {
  /** Returns what ends it. */
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

listenLive({
  onDecision: (data) => listeners.forEach((listener) => listener.onDecision(data)),
  onReset: () => listeners.forEach((listener) => listener.onReset()),
  onState(state) {
    document.getElementById('live').dataset.state = state;
    setText(document.getElementById('live-text'), state === 'live' ? 'live' : 'reconnecting');
  },
});

startTheme(document.getElementById('theme'), () => listeners.forEach((listener) => listener.onTheme?.()));

/** "#/workloads/shop/checkout" -> its parts; null for any other. */
function workloadIn(hash) {
  const [, namespace, name] = /^#\/workloads\/([^/]+)\/([^/]+)$/.exec(hash) ?? [];
  return name === undefined
    ? null
    : { namespace: decodeURIComponent(namespace), name: decodeURIComponent(name) };
}

let page;
let turn = 0;

async function show() {
  turn += 1;
  const mine = turn;
  page?.close();
  page = undefined;
  main.replaceChildren();
  const workload = workloadIn(location.hash);
  const opened = await (workload ? openWorkloadPage(main, live, workload) : openFleetPage(main, live));
  if (mine === turn) page = opened;
  else opened.close();
}

addEventListener('hashchange', () => void show());
void show();
