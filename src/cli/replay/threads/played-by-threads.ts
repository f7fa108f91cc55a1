/**
 * One recording by three threads: forecasts do not depend on replicas, and baselines on no forecast. Each has a thread
 * of its own; the controller follows in this one, step by step, as the forecasts come. Plug-ins are played here.
 */
import { comparisonOf, type Comparison } from '../../../replay/compare.ts';
import { knownSlots } from '../../../replay/controller.ts';
import { stepStartMs } from '../../../replay/load-path.ts';
import type { Scored } from '../../../replay/played-candidate.ts';
import { baselinesFrom, playPlugins } from '../../../replay/rivals.ts';
import { createProgress } from '../../progress.ts';
import type { RecordedWorld } from '../recorded-world.ts';
import { beginController, type ReplayAsked } from '../replay-asked.ts';
import { beginBaselines } from './baselines-beside.ts';
import { beginForecasts, type ForecastStream } from './forecast-stream.ts';
import type { MadeForecasts } from './forecast-worker.ts';

export interface ThreadFiles {
  readonly forecasts: URL;
  readonly baselines: URL;
}

export async function playedByThreads(asked: ReplayAsked, files: ThreadFiles): Promise<Comparison> {
  const { world, history, live } = asked.recorded;
  const { policy, physics, path, window } = world;
  const slotAt = slotsOf(asked.recorded);
  const stream = beginForecasts(files.forecasts, {
    task: { history, live, policy, tickSeconds: physics.stepSeconds },
    fromSlot: slotAt(window.playFromStep),
    untilSlot: slotAt(path.steps - 1) + 1,
  });
  const baselines = beginBaselines(files.baselines, world, asked.families);
  const progress = createProgress();
  const tell = (label: string) => (doneRatio: number) =>
    progress.update(doneRatio, `${asked.name}, ${label}`);
  try {
    const plugins = playPlugins(world, asked.plugins);
    const own = await playedWith(stream, asked, tell('the controller'));
    const played = await baselines.played(tell('the baselines'));
    const { swept, constant } = baselinesFrom(world, asked.families, played);
    return comparisonOf({ world, families: asked.families }, [...own, ...swept, ...plugins, ...constant]);
  } finally {
    progress.finish();
    await Promise.all([stream.end(), baselines.end()]);
  }
}

/** What is known at each step. */
function slotsOf({ world: { policy, path }, history }: RecordedWorld): (step: number) => number {
  return (step) => knownSlots(history, policy, stepStartMs(path, step));
}

/** With each handful of forecasts as far as they reach, and then they are let go. */
async function playedWith(
  stream: ForecastStream,
  asked: ReplayAsked,
  onProgress: (doneRatio: number) => void,
): Promise<Scored[]> {
  const { path, window } = asked.recorded.world;
  const slotAt = slotsOf(asked.recorded);
  const { steps } = path;
  let made: MadeForecasts = { fromSlot: 0, forecasts: [] };
  const own = beginController(asked, (slot) => made.forecasts[slot - made.fromSlot], onProgress);
  let step = window.playFromStep;
  for await (made of stream) {
    const untilSlot = made.fromSlot + made.forecasts.length;
    while (step < steps && slotAt(step) < untilSlot) step += 1;
    own.playUntil(step);
  }
  return own.scored();
}
