import type { PlannedReplicas, SizingCandidate, SizingTrace, Surge } from '../domain/sizing.ts';
import type { Policy } from '../policy/policy.ts';
import { pricesOf } from './prices.ts';

/** What is told of a sizing whenever it was, with the numbers of the steps that its instants are those of. */
export interface SizedTrace {
  readonly told: Omit<SizingTrace, 'peakAtMs' | 'plan' | 'candidates' | 'objectivePrice' | 'overshoot'>;
  /** Draws the cost curve. */
  readonly candidates: () => readonly SizingCandidate[];
  readonly peakAtStep: number;
  /** Of the step that the count is for. */
  readonly peakRatesRps: readonly number[];
  /** Counts at the first steps; undefined where there is nothing beyond the window. */
  readonly path: (() => readonly number[]) | undefined;
}

/** The price that an uncertain load was weighed by, where it is the objective's, and what it was widened by. */
export interface ToldWhy {
  readonly objectivePrice: SizingTrace['objectivePrice'] | undefined;
  readonly overshoot: SizingTrace['overshoot'] | undefined;
}

/** Of an uncertain load. */
export function toldWhy({ cost }: Pick<Policy, 'cost'>, { objectivePrice, overshoot }: ToldWhy): ToldWhy {
  const isWeighed = objectivePrice !== undefined && pricesOf(cost) === undefined;
  return { objectivePrice: isWeighed ? objectivePrice : undefined, overshoot };
}

/**
 * The trace of steps that begin at these instants. Its cost curve and its plan are drawn when somebody looks at them, and
 * once: `beginsAtMs` is best something that holds on to little.
 */
export function traceAt(sized: SizedTrace, beginsAtMs: (step: number) => number, why: ToldWhy): SizingTrace {
  return new DrawnTrace(sized, beginsAtMs, why);
}

/**
 * A trace that `traceAt` has just made, of what a surge has raised, with the plan of what it was raised from: still
 * nothing is drawn before somebody looks at it.
 */
export function raisedTrace(made: SizingTrace, from: SizingTrace, surge: Surge): SizingTrace {
  if ('plan' in from) (made as DrawnTrace).hasPlanOf(from as DrawnTrace);
  return Object.assign(made, { surge });
}

/**
 * A trace is made at every tick and kept as long as its decision: field by field, and with the same getters for all, it
 * is made in a tenth of the time that copies and getters of its own take, and has a third of their size.
 */
class DrawnTrace implements SizingTrace {
  declare readonly basis: SizingTrace['basis'];
  declare readonly reason: SizingTrace['reason'];
  declare readonly leadTimeSeconds: number;
  declare readonly sizedForRps: number;
  declare readonly serviceRateRps: number;
  declare readonly offeredLoadErlangs: number;
  declare readonly servers: number;
  declare readonly utilizationRatio: number;
  declare readonly waitProbability: number | null;
  declare readonly meanResponseSeconds: number | null;
  declare readonly sloViolationProbability: number;
  declare readonly costPerHour: SizingTrace['costPerHour'];
  declare readonly neededReplicas: number;
  declare readonly buffer: SizingTrace['buffer'];
  declare readonly resilience?: NonNullable<SizingTrace['resilience']>;
  declare readonly replicas: number;
  declare readonly dependency?: NonNullable<SizingTrace['dependency']>;
  declare readonly peakAtMs: number;
  declare readonly objectivePrice?: NonNullable<SizingTrace['objectivePrice']>;
  declare readonly overshoot?: NonNullable<SizingTrace['overshoot']>;
  declare readonly candidates: readonly SizingCandidate[];
  readonly #candidates: SizedTrace['candidates'];
  readonly #path: SizedTrace['path'];
  readonly #beginsAtMs: (step: number) => number;
  #plannedAs: DrawnTrace | undefined;
  #plan: readonly PlannedReplicas[] | undefined;

  constructor(sized: SizedTrace, beginsAtMs: (step: number) => number, why: ToldWhy) {
    const { told, candidates, path } = sized;
    const { objectivePrice, overshoot } = why;
    this.basis = told.basis;
    this.reason = told.reason;
    this.leadTimeSeconds = told.leadTimeSeconds;
    this.sizedForRps = told.sizedForRps;
    this.serviceRateRps = told.serviceRateRps;
    this.offeredLoadErlangs = told.offeredLoadErlangs;
    this.servers = told.servers;
    this.utilizationRatio = told.utilizationRatio;
    this.waitProbability = told.waitProbability;
    this.meanResponseSeconds = told.meanResponseSeconds;
    this.sloViolationProbability = told.sloViolationProbability;
    this.costPerHour = told.costPerHour;
    this.neededReplicas = told.neededReplicas;
    this.buffer = told.buffer;
    if (told.resilience) this.resilience = told.resilience;
    this.replicas = told.replicas;
    if (told.dependency) this.dependency = told.dependency;
    this.peakAtMs = beginsAtMs(sized.peakAtStep);
    if (objectivePrice) this.objectivePrice = objectivePrice;
    if (overshoot) this.overshoot = overshoot;
    this.#candidates = candidates;
    this.#path = path;
    this.#beginsAtMs = beginsAtMs;
    Object.defineProperty(this, 'candidates', DrawnTrace.#CANDIDATES);
    if (path) Object.defineProperty(this, 'plan', DrawnTrace.#PLAN);
  }

  hasPlanOf(other: DrawnTrace): void {
    this.#plannedAs = other;
    Object.defineProperty(this, 'plan', DrawnTrace.#PLAN);
  }

  #drawnPlan(): readonly PlannedReplicas[] | undefined {
    if (this.#plannedAs) return this.#plannedAs.#drawnPlan();
    return (this.#plan ??= this.#path?.().map((replicas, step) => ({
      atMs: this.#beginsAtMs(step),
      replicas,
    })));
  }

  static readonly #CANDIDATES: PropertyDescriptor & ThisType<DrawnTrace> = {
    enumerable: true,
    get() {
      return this.#candidates();
    },
  };

  static readonly #PLAN: PropertyDescriptor & ThisType<DrawnTrace> = {
    enumerable: true,
    get() {
      return this.#drawnPlan();
    },
  };
}
