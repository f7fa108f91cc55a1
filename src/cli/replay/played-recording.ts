/** The controller and its rivals over one recording. */
import { comparisonOf, playRivals, type Comparison } from '../../replay/compare.ts';
import { createProgress } from '../progress.ts';
import { beginController, type ReplayAsked } from './replay-asked.ts';
import { forecastsOf } from './threads/forecast-task.ts';
import { playedByThreads } from './threads/played-by-threads.ts';
import { workerFile } from './threads/worker-file.ts';

/** `threads`: so many may compute at a time. The answers are those of one. */
export async function playedRecording(asked: ReplayAsked, threads: number): Promise<Comparison> {
  const [forecasts, baselines] = ['forecast-worker', 'baselines-worker'].map((name) =>
    workerFile(`threads/${name}`, import.meta.url),
  );
  const isDivided = threads > 1 && forecasts !== undefined && baselines !== undefined;
  return isDivided ? playedByThreads(asked, { forecasts, baselines }) : playedInTurn(asked);
}

async function playedInTurn(asked: ReplayAsked): Promise<Comparison> {
  const { world, history, live } = asked.recorded;
  const progress = createProgress();
  const tell = (label: string) => (doneRatio: number) =>
    progress.update(doneRatio, `${asked.name}, ${label}`);
  const rivals = playRivals({ world, ...asked, hooks: { onProgress: tell('the baselines') } });
  const forecastAt = await forecastsOf({
    history,
    live,
    policy: world.policy,
    tickSeconds: world.physics.stepSeconds,
  });
  const own = beginController(asked, forecastAt, tell('the controller'));
  own.playUntil(world.path.steps);
  progress.finish();
  return comparisonOf({ world, families: asked.families }, [...own.scored(), ...rivals]);
}
