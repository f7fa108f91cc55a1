import { accuracyByModel } from './accuracy.js';
import { createCostChart } from './cost-chart.js';
import { autoscalerPath, getJson } from './fetch-json.js';
import { gridOf } from './history.js';
import { createTimeChart } from './time-chart.js';
import { createTrendChart } from './trend-chart.js';
import { createWhatIf } from './what-if.js';

/**
 * The charts of a workload's page and its sliders, made when there is something to show.
 * @param {any} view of `createWorkloadView`
 * @param {{ namespace: string, name: string }} workload
 * @param {(id: string) => void} onPick told the decision that was clicked at
 */
export function createWorkloadCharts(view, workload, onPick) {
  let shown;
  let time;
  let cost;
  let whatIf;
  let trend;
  let windowSeconds = view.windowSeconds;
  let weeks;

  const pickNear = (atMs) => {
    const nearer = (best, point) => (Math.abs(point.atMs - atMs) < Math.abs(best.atMs - atMs) ? point : best);
    onPick(shown.points.reduce(nearer).id);
  };
  const showTime = () => {
    const { decision, policy, points, isPicked } = shown;
    const grid = gridOf(points, {
      stepSeconds: Math.max(policy.forecast.stepSeconds, decision.tickSeconds),
      untilMs: forecastEndMs(points.at(-1), decision),
    });
    const drawn = { grid, decision, events: policy.calendar.events, windowSeconds, isStill: isPicked };
    if (time) time.update(drawn);
    else time = createTimeChart(view.parts.time, drawn, pickNear);
    view.showAccuracy(accuracyByModel(grid));
  };
  const showCost = () => {
    const { sizing } = shown.decision;
    const { cost: prices, slo } = shown.policy;
    cost?.destroy();
    cost = undefined;
    view.parts.cost.replaceChildren();
    if (!sizing || sizing.candidates.length === 0)
      return view.parts.cost.append('Nothing was sized, so there is no curve.');
    const { currency } = prices;
    cost = createCostChart(view.parts.cost, sizing, { currency, objectiveRatio: slo.objectiveRatio });
  };
  const showWhatIf = () => {
    if (!whatIf) {
      whatIf = createWhatIf(workload, shown.policy, () => shown.decision);
      view.parts.whatIf.replaceChildren(whatIf.root);
    }
    whatIf.refresh();
  };

  /** As of now: a stretch that is half an hour or more is not followed by the second. */
  const showWeeks = async () => {
    const { stepSeconds, limit } = weeks;
    const found = await getJson(
      `${autoscalerPath(workload)}/history/trend?stepSeconds=${stepSeconds}&limit=${limit}`,
    );
    if (weeks?.stepSeconds !== stepSeconds) return;
    trend?.destroy();
    trend = createTrendChart(view.parts.trend, found);
  };

  return {
    show({ decision, policy, history, isPicked }) {
      shown = { decision, policy, points: history.points(), isPicked };
      showTime();
      showCost();
      showWhatIf();
    },
    async setWindow({ seconds, trendStepSeconds }) {
      weeks = trendStepSeconds && { stepSeconds: trendStepSeconds, limit: seconds / trendStepSeconds };
      view.parts.time.hidden = Boolean(weeks);
      view.parts.trend.hidden = !weeks;
      if (weeks) return showWeeks();
      windowSeconds = seconds;
      if (!shown) return;
      showTime();
      time.showWindow();
    },
    redraw() {
      time?.redraw();
      if (weeks) void showWeeks().catch(() => undefined);
      if (shown) showCost();
    },
    close() {
      time?.destroy();
      trend?.destroy();
      cost?.destroy();
      whatIf?.close();
    },
  };
}

/** There is room for the fan of the newest decision whichever is looked at, so that the axis does not jump. */
function forecastEndMs(newest, { forecast, decidedAt }) {
  if (forecast.kind !== 'forecast') return Math.max(newest?.atMs ?? 0, Date.parse(decidedAt));
  const { originAt, stepSeconds, quantilesRps } = forecast;
  const aheadMs = (quantilesRps.length - 1) * stepSeconds * 1000;
  return Math.max(Date.parse(originAt), newest?.atMs ?? 0) + aheadMs;
}
