/** One policy played alone over one part of a recording. */
import { SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { ForecastResult } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { Policy } from '../../policy/policy.ts';
import { createController } from '../controller.ts';
import { playAll, type ReplayWorld } from '../play.ts';
import { addTallies, scoreOf, type RunScore, type Tally } from '../score.ts';

export interface TuningWorld {
  /** `world.policy` is the policy as given. */
  readonly world: ReplayWorld;
  readonly history: TimeSeries;
  readonly forecastAt: (slot: number) => ForecastResult;
}

/** Steps of the recording: [fromStep, untilStep) are scored. */
export interface Part {
  readonly fromStep: number;
  readonly untilStep: number;
}

export interface PlayedPart {
  readonly score: RunScore;
  readonly days: readonly Tally[];
}

/** The first quarter is for learning what a usual day is; the middle is searched on, the last 3/8 prove it. */
const SEARCHED_FROM_RATIO = 1 / 4;
const PROVEN_FROM_RATIO = 5 / 8;

export function partsOf({ path }: ReplayWorld): { readonly searched: Part; readonly proven: Part } {
  const rows = path.rows.values.length;
  const stepAt = (ratio: number): number => Math.floor(rows * ratio) * path.stepsPerRow;
  const middle = stepAt(PROVEN_FROM_RATIO);
  return {
    searched: { fromStep: stepAt(SEARCHED_FROM_RATIO), untilStep: middle },
    proven: { fromStep: middle, untilStep: path.steps },
  };
}

/** `policy` decides; prices and SLO of the policy as given score. An hour before the part is played and not scored. */
export function playPart(
  policy: Policy,
  { world, history, forecastAt }: TuningWorld,
  part: Part,
): PlayedPart {
  const { path, model } = world;
  const burnInSteps = Math.round(SECONDS_PER_HOUR / path.stepSeconds);
  const cut = {
    ...world,
    path: { ...path, steps: part.untilStep },
    window: { playFromStep: Math.max(0, part.fromStep - burnInSteps), fromStep: part.fromStep },
  };
  const { serviceRateRps } = model;
  const controller = createController('prescale', { policy, serviceRateRps, path, history, forecastAt });
  const [{ tally }] = playAll(cut, [controller]);
  const score = scoreOf(addTallies(tally.days), tally.maxReplicas(), world.policy.cost);
  return { score, days: tally.days };
}
