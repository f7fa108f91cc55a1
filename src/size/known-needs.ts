import type { Forecast } from '../domain/forecast.ts';
import type { LikelyCounts } from './needed-replicas.ts';
import { type OvershootRatios, widened } from './overshoot.ts';
import type { SizedLoad } from './sized-load.ts';
import type { SizedUnder } from './sizing-question.ts';
import { type Answered, type Outlook, type StandingAnswer, standsFor } from './standing-answer.ts';

/**
 * What the newest sizings of a workload came to, for the next ones: several ticks fall within one step of a forecast.
 * The needs of steps that come again are not found again, and where nothing that matters has changed the whole answer
 * holds. Sizing gives the same answer with and without it.
 */
export interface KnownNeeds {
  /** Of the newest sizing with this basis, policy (the same object), service rate and price of the objective. */
  newest(under: SizedUnder): KnownSizing | undefined;
  keep(under: SizedUnder, sizing: KnownSizing): void;
  /** The answer that was to `stand`, where it is one to what is asked now. */
  standing(asked: Outlook): StandingAnswer | undefined;
  stand(answer: StandingAnswer): void;
  /** What surges came to, which are sized beside their forecast. */
  readonly ofSurges: KnownNeeds;
  /** These rates, as the same list again as long as they are the same. */
  again(ratesRps: readonly number[]): readonly number[];
  /** `widened`; the same one again as long as no other is asked for. */
  widened(forecast: Forecast, overshoot: OvershootRatios): Forecast;
}

export interface KnownSizing {
  readonly loads: readonly SizedLoad[];
  /** Of the decisive step. */
  readonly likely: LikelyCounts;
  /** undefined where the answer depends on the instant as well. */
  readonly answered: Answered | undefined;
}

interface Kept extends SizedUnder {
  readonly sizing: KnownSizing;
}

interface Widened {
  readonly of: Forecast;
  readonly overshoot: OvershootRatios;
  readonly forecast: Forecast;
}

export function createKnownNeeds(): KnownNeeds {
  return new NeedsInMemory();
}

/** A class: every workload of a fleet has two of them. */
class NeedsInMemory implements KnownNeeds {
  readonly #kept: Partial<Record<SizedUnder['basis'], Kept>> = {};
  #ofSurges: KnownNeeds | undefined;
  #last: readonly number[] | undefined;
  #standing: StandingAnswer | undefined;
  #wide: Widened | undefined;

  newest({ basis, policy, serviceRateRps, objectivePrice }: SizedUnder): KnownSizing | undefined {
    const known = this.#kept[basis];
    const isSame =
      known?.policy === policy &&
      known.serviceRateRps === serviceRateRps &&
      known.objectivePrice?.replicaSeconds === objectivePrice?.replicaSeconds;
    return isSame ? known.sizing : undefined;
  }

  keep({ basis, policy, serviceRateRps, objectivePrice }: SizedUnder, sizing: KnownSizing): void {
    this.#kept[basis] = { basis, policy, serviceRateRps, objectivePrice, sizing };
  }

  standing(asked: Outlook): StandingAnswer | undefined {
    return this.#standing && standsFor(this.#standing, asked) ? this.#standing : undefined;
  }

  stand(answer: StandingAnswer): void {
    this.#standing = answer;
  }

  get ofSurges(): KnownNeeds {
    return (this.#ofSurges ??= createKnownNeeds());
  }

  again(ratesRps: readonly number[]): readonly number[] {
    const last = this.#last;
    const isSame = last?.length === ratesRps.length && last.every((rate, i) => rate === ratesRps[i]);
    return (this.#last = isSame ? last : ratesRps);
  }

  widened(forecast: Forecast, overshoot: OvershootRatios): Forecast {
    const known = this.#wide;
    if (known?.of === forecast && isSameOvershoot(known.overshoot, overshoot)) return known.forecast;
    this.#wide = { of: forecast, overshoot, forecast: widened(forecast, overshoot) };
    return this.#wide.forecast;
  }
}

function isSameOvershoot(one: OvershootRatios, other: OvershootRatios): boolean {
  return one.told.mostRps === other.told.mostRps && one.ratios.every((ratio, i) => ratio === other.ratios[i]);
}

/**
 * Whether the load that is measured is known to need fewer than `replicas`: more than it was found to need fewer lately,
 * and more load never needs less. Where a dependency limits, or replicas get into each other's way, it is not known.
 */
export function isKnownToNeedFewer(
  asked: SizedUnder & { readonly basis: 'measured'; readonly rateRps: number; readonly replicas: number },
  knownNeeds: KnownNeeds | undefined,
): boolean {
  const { rateRps, replicas } = asked;
  const answered = knownNeeds?.newest(asked)?.answered;
  if (answered === undefined || answered.question.dependencyLimit !== undefined) return false;
  const [[sizedRps]] = answered.question.ratesRps;
  return rateRps <= sizedRps && answered.sized.told.replicas < replicas;
}
