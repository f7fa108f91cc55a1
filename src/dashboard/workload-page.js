import { autoscalerPath, getJson } from './fetch-json.js';
import { createHistory } from './history.js';
import { createWorkloadCharts } from './workload-charts.js';
import { createWorkloadView } from './workload-view.js';

const REDRAW_MS = 500;
const HISTORY_POINTS = 2000;

/** One workload: what was, what is expected, why so many, and what if. */
export async function openWorkloadPage(main, live, workload) {
  const name = `${workload.namespace}/${workload.name}`;
  document.title = `${name} · Prescale`;
  const view = createWorkloadView(name);
  main.replaceChildren(view.root);
  const closing = new AbortController();
  const report = (error) => {
    if (error.name !== 'AbortError') view.tell(error.message);
  };
  const state = createState(autoscalerPath(workload), closing.signal);
  const charts = createWorkloadCharts(view, workload, (id) => void state.pick(id).then(show).catch(report));
  let timer = 0;

  const show = () => {
    view.tell(state.decision ? '' : 'No decision has been made yet.');
    if (!state.decision) return;
    view.showDecision(state.decision, state.policy, state.isPicked);
    view.showPosition(state.history.points(), state.decision);
    charts.show(state);
  };
  const load = () => state.load().then(show).catch(report);
  const refresh = () => {
    timer = 0;
    void state.follow().then(show).catch(report);
  };
  view.onStep((index) => {
    const points = state.history.points();
    const isNewest = index === points.length - 1;
    void state
      .pick(isNewest ? null : points[index].id)
      .then(show)
      .catch(report);
  });
  view.onFollow(() => void state.pick(null).then(show).catch(report));
  view.onWindow((choice) => void charts.setWindow(choice).catch(report));

  const stop = live.subscribe({
    onDecision({ autoscaler, point }) {
      if (autoscaler.namespace !== workload.namespace || autoscaler.name !== workload.name) return;
      state.history.add(point);
      timer ||= setTimeout(refresh, REDRAW_MS);
    },
    onReset: () => void load(),
    onTheme: () => charts.redraw(),
  });
  await load();
  return {
    close() {
      stop();
      closing.abort();
      clearTimeout(timer);
      charts.close();
    },
  };
}

/** What is shown: the policy, the history, and the decision that was picked or the newest one. */
function createState(path, signal) {
  const history = createHistory();
  let picked = null;
  const state = {
    history,
    policy: undefined,
    decision: null,
    get isPicked() {
      return picked !== null;
    },
    async load() {
      const { items } = await getJson(`${path}/history?limit=${HISTORY_POINTS}`, signal);
      history.replace(items);
      await state.follow(true);
    },
    /** Reads the newest decision, unless another one is being looked at. */
    async follow(always = false) {
      if (picked !== null && !always) return;
      const one = await getJson(path, signal);
      state.policy = one.policy;
      if (picked !== null) return;
      state.decision = one.decision;
    },
    /** @param {string | null} id null: the newest, from now on */
    async pick(id) {
      picked = id;
      if (id === null) return state.follow();
      const found = await getJson(`${path}/decisions/${id}`, signal);
      if (picked === id) state.decision = found;
    },
  };
  return state;
}
