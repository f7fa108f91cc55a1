import type { Forecast } from '../domain/forecast.ts';
import type { ObjectivePrice } from '../domain/objective-account.ts';
import type { DependencyLimit, SizingTrace } from '../domain/sizing.ts';
import type { LikelyCounts } from './needed-replicas.ts';
import { type OvershootRatios, widened } from './overshoot.ts';
import type { SizedLoad } from './sized-load.ts';
import type { SizedTrace } from './sized-trace.ts';
import type { TimedLoad } from './window-loads.ts';

/**
 * What the newest sizings of a workload came to, for the next ones: several ticks fall within one step of a forecast.
 * The needs of steps that come again are not found again, and where nothing that matters has changed the whole answer
 * holds. Sizing gives the same answer with and without it.
 */
export interface KnownNeeds {
  /** Of the newest sizing with this basis, policy (the same object), service rate and price of the objective. */
  newest(under: SizedUnder): KnownSizing | undefined;
  keep(under: SizedUnder, sizing: KnownSizing): void;
  /** What surges came to, which are sized beside their forecast. */
  readonly ofSurges: KnownNeeds;
  /** These rates, as the same list again as long as they are the same. */
  again(ratesRps: readonly number[]): readonly number[];
  /** `widened`; the same one again as long as no other is asked for. */
  widened(forecast: Forecast, overshoot: OvershootRatios): Forecast;
}

/** What was found under others is forgotten; the policy is the same object or another policy. */
export interface SizedUnder {
  readonly basis: SizingTrace['basis'];
  readonly policy: object;
  readonly serviceRateRps: number;
  readonly objectivePrice?: ObjectivePrice | undefined;
}

export interface KnownSizing {
  readonly loads: readonly SizedLoad[];
  /** Of the decisive step. */
  readonly likely: LikelyCounts;
  /** undefined where the answer depends on the instant as well. */
  readonly answered: { readonly question: Question; readonly sized: SizedTrace } | undefined;
}

/** All that an answer depends on besides policy, service rate and basis, where time itself does not matter. */
export interface Question extends PlanQuestion {
  /** Of each step of window and horizon: the same lists as long as nothing else is expected. */
  readonly ratesRps: readonly (readonly number[])[];
  readonly leadTimeSeconds: number;
  readonly dependencyLimit: DependencyLimit | undefined;
}

export interface PlanQuestion {
  readonly windowSteps: number;
  /** Number of the first step that new replicas can serve. */
  readonly servedFrom: number;
  readonly currentReplicas: number;
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
  {
    rateRps,
    replicas,
    ...under
  }: Omit<SizedUnder, 'basis'> & { readonly rateRps: number; readonly replicas: number },
  knownNeeds: KnownNeeds | undefined,
): boolean {
  const { policy, serviceRateRps, objectivePrice } = under;
  const answered = knownNeeds?.newest({
    basis: 'measured',
    policy,
    serviceRateRps,
    objectivePrice,
  })?.answered;
  if (answered === undefined || answered.question.dependencyLimit !== undefined) return false;
  const [[sizedRps]] = answered.question.ratesRps;
  return rateRps <= sizedRps && answered.sized.told.replicas < replicas;
}

/** Whether the loads are the same ones in the same window, at whatever instants. */
export function isSameQuestion(
  a: Question,
  b: Omit<Question, 'ratesRps'>,
  loads: readonly TimedLoad[],
): boolean {
  return (
    a.windowSteps === b.windowSteps &&
    a.servedFrom === b.servedFrom &&
    a.leadTimeSeconds === b.leadTimeSeconds &&
    a.currentReplicas === b.currentReplicas &&
    isSameLimit(a.dependencyLimit, b.dependencyLimit) &&
    a.ratesRps.length === loads.length &&
    loads.every(({ ratesRps }, index) => isSameLoad(ratesRps, a.ratesRps[index]))
  );
}

/** A rate that is taken as certain is a new list each time. */
function isSameLoad(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === 1 && b.length === 1 && a[0] === b[0]);
}

function isSameLimit(a: DependencyLimit | undefined, b: DependencyLimit | undefined): boolean {
  return a?.name === b?.name && a?.mostReplicas === b?.mostReplicas;
}
