/** The controller played over a world: its plan as the referee reads it, and what our own simulation says of it. */
import type { ForecastResult } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createController } from '../../../src/replay/controller.ts';
import { createPlanRecorder } from '../../../src/replay/plan-rows.ts';
import { playAll, type ReplayWorld } from '../../../src/replay/play.ts';
import { addTallies, scoreOf, type RunScore } from '../../../src/replay/score.ts';

export interface PlayedPlan {
  /** `instant,replicas`, a line for each change. */
  readonly plan: readonly string[];
  readonly own: RunScore;
}

export interface Foresight {
  /** What is forecast from. */
  readonly history: TimeSeries;
  readonly forecastAt: (slot: number) => ForecastResult;
}

export function playedPlan(world: ReplayWorld, { history, forecastAt }: Foresight): PlayedPlan {
  const { policy, path, model } = world;
  const { serviceRateRps } = model;
  const controller = createController('prescale', { policy, serviceRateRps, path, history, forecastAt });
  const { rows: plan, onStep } = createPlanRecorder();
  const [{ tally }] = playAll(world, [controller], { onStep });
  return { plan, own: scoreOf(addTallies(tally.days), tally.maxReplicas(), policy.cost) };
}
