/** Rules between blocks of the spec. */
import { secondsCel, type Rule } from './rules.ts';
import { durationFromSeconds, secondsFromDuration } from '../../domain/duration.ts';

/** What the rules read of a spec; spelled out so that this file and the schema do not import each other. */
export interface RuledSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly capacity: {
    readonly startupTime?: string | undefined;
    readonly queueLimit: number | null;
    readonly variability: { readonly arrivals: number; readonly service: number };
    readonly serviceRateRps?: number | undefined;
    readonly estimate?: object | undefined;
    readonly scalability: { readonly contention: number; readonly coherency: number };
  };
  readonly slo: { readonly patience: string | null };
  readonly metrics: Readonly<
    Partial<Record<'throughput' | 'busySlots' | 'cpuUtilization' | 'readyReplicas', object | undefined>>
  >;
  readonly forecast: { readonly horizon: string; readonly step: string };
  readonly cost: { readonly replicaHour?: number | undefined };
  readonly mode: string;
  readonly budget?: { readonly maxCostPerHour?: number | undefined } | undefined;
  readonly dependencies: readonly {
    readonly name: string;
    readonly limitPerReplica: number;
    readonly capacity?: number | undefined;
  }[];
  readonly chaos: { readonly scenarios: readonly { readonly name: string; readonly required: boolean }[] };
}

const LEARNS_FROM =
  'metrics.throughput with metrics.busySlots, or with metrics.cpuUtilization and metrics.readyReplicas (with capacity.scalability readyReplicas always)';

const seconds = (text: string): number => secondsFromDuration(text) ?? 0;

const minAtMostMax: Rule<RuledSpec> = {
  reads: ['minReplicas', 'maxReplicas'],
  violation: ({ minReplicas, maxReplicas }) =>
    minReplicas <= maxReplicas
      ? undefined
      : { path: ['minReplicas'], got: String(minReplicas), allowed: `at most maxReplicas (${maxReplicas})` },
  cel: [
    {
      rule: 'self.minReplicas <= self.maxReplicas',
      message: 'must be at most maxReplicas',
      fieldPath: '.minReplicas',
    },
  ],
};

/** What losses do to arrivals and services that are not exponential is not known well enough to size by. */
const variabilityWithoutLosses: Rule<RuledSpec> = {
  reads: ['capacity.variability', 'capacity.queueLimit', 'slo.patience'],
  violation: ({ capacity, slo }) => {
    const { arrivals, service } = capacity.variability;
    const loses = capacity.queueLimit !== null || slo.patience !== null;
    if (!loses || (arrivals === 1 && service === 1)) return undefined;
    return {
      path: ['capacity', 'variability'],
      got: `arrivals ${arrivals}, service ${service}`,
      allowed: '1 and 1 together with capacity.queueLimit or slo.patience',
    };
  },
  cel: [
    {
      rule:
        '(self.capacity.variability.arrivals == 1.0 && self.capacity.variability.service == 1.0) || ' +
        '(!has(self.capacity.queueLimit) && !has(self.slo.patience))',
      message: 'must be 1 and 1 together with capacity.queueLimit or slo.patience',
      fieldPath: '.capacity.variability',
    },
  ],
};

/** What is decided now serves after the start-up time: a forecast that ends before is of no use. */
const horizonCoversStartup: Rule<RuledSpec> = {
  reads: ['forecast.horizon', 'forecast.step', 'capacity.startupTime'],
  violation: ({ forecast, capacity }) => {
    if (capacity.startupTime === undefined) return undefined;
    const neededSeconds = seconds(capacity.startupTime) + seconds(forecast.step);
    if (seconds(forecast.horizon) >= neededSeconds) return undefined;
    const needed = durationFromSeconds(neededSeconds);
    return {
      path: ['forecast', 'horizon'],
      got: forecast.horizon,
      allowed: `at least ${needed}: capacity.startupTime (${capacity.startupTime}) + one forecast.step (${forecast.step})`,
    };
  },
  cel: [
    {
      rule:
        '!has(self.capacity.startupTime) || ' +
        `${secondsCel('self.forecast.horizon')} >= ${secondsCel('self.capacity.startupTime')} + ${secondsCel('self.forecast.step')}`,
      message: 'must be at least capacity.startupTime plus one forecast.step',
      fieldPath: '.forecast.horizon',
    },
  ],
};

/** A scenario that nobody requires is covered when that is worth its price, which nobody can tell without prices. */
const scenariosHavePrices: Rule<RuledSpec> = {
  reads: ['cost', 'chaos.scenarios'],
  violation: ({ cost, chaos }) => {
    const index = chaos.scenarios.findIndex((scenario) => !scenario.required);
    if (cost.replicaHour !== undefined || index < 0) return undefined;
    return {
      path: ['chaos', 'scenarios', index, 'required'],
      got: 'false without prices',
      allowed: 'true, or give cost.replicaHour and cost.violation, which decide whether covering it pays',
    };
  },
  cel: [
    {
      rule: 'has(self.cost.replicaHour) || self.chaos.scenarios.all(scenario, scenario.required)',
      message: 'a scenario must be required, unless cost.replicaHour and cost.violation are given',
      fieldPath: '.chaos.scenarios',
    },
  ],
};

/** 0.3 / 0.1 is 2.9999999999999996. */
const ROUNDING = 1e-9;

/** Otherwise minReplicas, which is never undercut, would overrun the dependency by itself. */
const minWithinDependencies: Rule<RuledSpec> = {
  reads: ['minReplicas', 'dependencies'],
  violation: ({ minReplicas, dependencies }) => {
    const most = ({ capacity = Infinity, limitPerReplica }: (typeof dependencies)[number]): number =>
      Math.floor(capacity / limitPerReplica + ROUNDING);
    const overrun = dependencies.find((dependency) => minReplicas > most(dependency));
    if (overrun === undefined) return undefined;
    const { name, capacity, limitPerReplica } = overrun;
    return {
      path: ['minReplicas'],
      got: String(minReplicas),
      allowed: `at most ${most(overrun)}: what the dependency ${name} takes (capacity ${capacity} / limitPerReplica ${limitPerReplica})`,
    };
  },
  cel: [
    {
      rule: 'self.dependencies.all(d, !has(d.capacity) || double(self.minReplicas) <= d.capacity / d.limitPerReplica + 0.000000001)',
      message: 'must be at most what each dependency takes: capacity / limitPerReplica',
      fieldPath: '.minReplicas',
    },
  ],
};

/** A rate is learned from what was completed and who was busy with it. */
const estimateHasMetrics: Rule<RuledSpec> = {
  reads: ['capacity.estimate', 'capacity.scalability', 'metrics'],
  violation: ({ capacity, metrics }) => {
    if (capacity.estimate === undefined || capacity.serviceRateRps !== undefined) return undefined;
    const missing = missingToLearn(capacity.scalability, metrics);
    if (missing === undefined) return undefined;
    return {
      path: ['capacity', 'estimate'],
      got: `no metrics.${missing} to learn from`,
      allowed: `${LEARNS_FROM}; or serviceRateRps instead`,
    };
  },
  cel: [
    {
      rule: `!has(self.capacity.estimate) || has(self.capacity.serviceRateRps) || (has(self.metrics.throughput) && (has(self.metrics.busySlots) || has(self.metrics.cpuUtilization)) && (has(self.metrics.readyReplicas) || (has(self.metrics.busySlots) && self.capacity.scalability.contention == 0.0 && self.capacity.scalability.coherency == 0.0)))`,
      message: `needs ${LEARNS_FROM}`,
      fieldPath: '.capacity.estimate',
    },
  ],
};

/** A scalability law, or CPU in use per replica, says nothing of a server without the count of replicas. */
function missingToLearn(
  { contention, coherency }: RuledSpec['capacity']['scalability'],
  metrics: RuledSpec['metrics'],
): keyof RuledSpec['metrics'] | undefined {
  if (metrics.throughput === undefined) return 'throughput';
  if (metrics.busySlots === undefined && metrics.cpuUtilization === undefined) return 'busySlots';
  const standsAlone = metrics.busySlots !== undefined && contention === 0 && coherency === 0;
  return standsAlone || metrics.readyReplicas !== undefined ? undefined : 'readyReplicas';
}

/** What replicas cost together is not known without what one costs. */
const budgetHasPrices: Rule<RuledSpec> = {
  reads: ['budget', 'cost'],
  violation: ({ budget, cost }) =>
    budget?.maxCostPerHour === undefined || cost.replicaHour !== undefined
      ? undefined
      : {
          path: ['budget', 'maxCostPerHour'],
          got: `${budget.maxCostPerHour} without prices`,
          allowed: 'maxReplicas instead, or give cost.replicaHour and cost.violation',
        },
  cel: [
    {
      rule: '!has(self.budget) || !has(self.budget.maxCostPerHour) || has(self.cost.replicaHour)',
      message: 'maxCostPerHour has no meaning without cost.replicaHour and cost.violation',
      fieldPath: '.budget',
    },
  ],
};

/** Above a floor another autoscaler adds replicas that no budget knows of. */
const budgetIsKept: Rule<RuledSpec> = {
  reads: ['budget', 'mode'],
  violation: ({ budget, mode }) =>
    budget === undefined || mode !== 'Floor'
      ? undefined
      : { path: ['budget'], got: 'a budget in mode Floor', allowed: 'none, or mode Scale or Recommend' },
  cel: [
    {
      rule: "!has(self.budget) || self.mode != 'Floor'",
      message: 'must not be given in mode Floor: above a floor another autoscaler is in charge',
      fieldPath: '.budget',
    },
  ],
};

export const SPEC_RULES: readonly Rule<RuledSpec>[] = [
  minAtMostMax,
  variabilityWithoutLosses,
  horizonCoversStartup,
  scenariosHavePrices,
  estimateHasMetrics,
  minWithinDependencies,
  budgetHasPrices,
  budgetIsKept,
];
