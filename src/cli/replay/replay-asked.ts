/** What a replay of one recording plays, and who watches it. */
import type { ForecastResult } from '../../domain/forecast.ts';
import type { FamilyName } from '../../replay/families.ts';
import { createForecastScoring } from '../../replay/forecasts-in-turn.ts';
import { beginOwn } from '../../replay/own-play.ts';
import type { PlayHooks } from '../../replay/play.ts';
import type { CandidatesPlay } from '../../replay/played-candidate.ts';
import type { Plugin } from '../../replay/rivals.ts';
import type { PageWatch } from './html/page-watch.ts';
import type { RecordedWorld } from './recorded-world.ts';

export interface ReplayAsked {
  readonly recorded: RecordedWorld;
  /** The recording's, for the progress bar. */
  readonly name: string;
  readonly families: readonly FamilyName[];
  readonly plugins: readonly Plugin[];
  readonly watch: PageWatch | undefined;
}

/** The controller, watched. `forecastAt` is asked for slots in order, each once. */
export function beginController(
  { recorded: { world, history }, watch }: ReplayAsked,
  forecastAt: (slot: number) => ForecastResult,
  onProgress: NonNullable<PlayHooks['onProgress']>,
): CandidatesPlay {
  const scored = createForecastScoring({
    history,
    policy: world.policy,
    tickSeconds: world.physics.stepSeconds,
  });
  return beginOwn({
    world,
    history,
    forecastAt(slot) {
      const forecast = scored(slot, forecastAt(slot));
      watch?.onForecast(slot, forecast);
      return forecast;
    },
    hooks: { onProgress, ...(watch && { onStep: watch.onStep }) },
    ...(watch && { onDecision: watch.onDecision }),
  });
}
