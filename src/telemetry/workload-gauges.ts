import { Gauge, type Registry } from 'prom-client';
import { desiredReplicas, recommendedReplicas, type Decision } from '../domain/decision.ts';
import { type Forecast, forecastAgeSeconds, QUANTILE_LEVELS } from '../domain/forecast.ts';
import type { LedgerFigures } from '../domain/ledger.ts';
import type { WorkloadRef } from '../domain/workload.ts';

/** What is known of one workload now; the gauges are read from it at the moment they are scraped. */
export interface WorkloadReading {
  readonly workload: WorkloadRef;
  decision?: Decision;
  absoluteErrorRatio?: number;
  /** By autoscaler: what both came to since the ledger began; undefined before that. */
  ledger?: () => Readonly<Record<'prescale' | 'hpa', LedgerFigures>> | undefined;
}

/** One series of a gauge: its label beyond namespace and name (or none), and its value. */
type Point = readonly [label: string | undefined, value: number | undefined];

interface GaugeSpec {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** No point, or a point without a value: no series, which is not the same as 0. */
  readonly read: (reading: WorkloadReading) => readonly Point[];
}

const EXPORTED_LEVELS = [0.5, 0.9, 0.95, 0.99] as const;

const one =
  (read: (decision: Decision) => number | undefined): GaugeSpec['read'] =>
  ({ decision }) =>
    decision ? [[undefined, read(decision)]] : [];

const GAUGES: readonly GaugeSpec[] = [
  {
    name: 'recommended_replicas',
    help: 'What the queueing answer asks for, before guards.',
    read: one(recommendedReplicas),
  },
  { name: 'desired_replicas', help: 'What the guards made of it.', read: one(desiredReplicas) },
  {
    name: 'current_replicas',
    help: 'Replicas that the target asks for now.',
    read: one((decision) => decision.observed.currentReplicas),
  },
  {
    name: 'hpa_replicas',
    help: 'What HPA at its default target would ask for from the same measurements.',
    read: one((decision) => decision.hpaReplicas),
  },
  {
    name: 'ledger_cost',
    help: "Since the ledger began, in the policy's currency: what each autoscaler's replicas and late requests cost.",
    label: 'autoscaler',
    read: ledgerPoints(({ cost }) => cost.total),
  },
  {
    name: 'ledger_violated_seconds',
    help: 'Since the ledger began: seconds with more late requests than the objective allows, by autoscaler.',
    label: 'autoscaler',
    read: ledgerPoints(({ violatedSeconds }) => violatedSeconds),
  },
  {
    name: 'arrival_rate_rps',
    help: 'Newest trusted arrival rate; absent while there is none.',
    read: one(({ observed: { arrivalRate } }) =>
      arrivalRate.kind === 'value' ? arrivalRate.value : undefined,
    ),
  },
  {
    name: 'slo_violation_probability',
    help: 'Share (0..1) of requests over the SLO at the recommended count.',
    read: one((decision) => decision.sizing?.sloViolationProbability),
  },
  {
    name: 'cost_per_hour',
    help: "Expected cost of the recommended count, in the policy's currency.",
    label: 'kind',
    read: ({ decision }) => Object.entries(decision?.sizing?.costPerHour ?? {}),
  },
  {
    name: 'forecast_rps',
    help: "Highest arrival rate within the forecast's horizon, by quantile.",
    label: 'quantile',
    read: ({ decision }) => (decision ? forecastPeaks(decision) : []),
  },
  {
    name: 'forecast_absolute_error_ratio',
    help: 'Newest measured slot: |one-step-ahead median - measured| / measured.',
    read: ({ absoluteErrorRatio }) => [[undefined, absoluteErrorRatio]],
  },
  {
    name: 'forecast_age_seconds',
    help: 'From the end of the newest slot that the forecast knew to the decision.',
    read: one(({ forecast, decidedAtMs }) =>
      forecast.kind === 'forecast' ? forecastAgeSeconds(forecast, decidedAtMs) : undefined,
    ),
  },
  {
    name: 'forecast_accuracy_ratio',
    help: 'Rolling scores of the forecasts over all lead times: absolute_error and bias over the measured sum, coverage90 and upper95 as shares of slots, to_naive over the error of "all stays as it is".',
    label: 'score',
    read: ({ decision }) => (decision?.forecast.kind === 'forecast' ? scorePoints(decision.forecast) : []),
  },
  {
    name: 'forecast_weight_ratio',
    help: 'Share of each expert in the newest forecast; 1 for a model that forecast alone.',
    label: 'expert',
    read: ({ decision }) => (decision?.forecast.kind === 'forecast' ? weightPoints(decision.forecast) : []),
  },
];

function scorePoints({ accuracy }: Forecast): readonly Point[] {
  if (accuracy === undefined) return [];
  return [
    ['absolute_error', accuracy.absoluteErrorRatio],
    ['bias', accuracy.biasRatio],
    ['coverage90', accuracy.coverage90Ratio],
    ['upper95', accuracy.upper95Ratio],
    ['to_naive', accuracy.toNaiveRatio],
  ];
}

function weightPoints({ model, weights }: Forecast): readonly Point[] {
  return weights?.map(({ expert, weightRatio }) => [expert, weightRatio]) ?? [[model, 1]];
}

function ledgerPoints(read: (figures: LedgerFigures) => number): GaugeSpec['read'] {
  return ({ ledger }) => Object.entries(ledger?.() ?? {}).map(([name, figures]) => [name, read(figures)]);
}

function forecastPeaks({ forecast }: Decision): readonly Point[] {
  if (forecast.kind === 'unavailable') return [];
  return EXPORTED_LEVELS.map((level) => {
    const index = QUANTILE_LEVELS.indexOf(level);
    return [String(level), Math.max(...forecast.quantilesRps.map((quantiles) => quantiles[index]))];
  });
}

export function registerWorkloadGauges(
  registry: Registry,
  readings: ReadonlyMap<string, WorkloadReading>,
): void {
  for (const spec of GAUGES) registry.registerMetric(new ReadGauge(spec, readings));
}

interface SharedValue {
  readonly labels: Record<string, string>;
  readonly sharedLabels: { readonly namespace: string; readonly name: string };
  readonly value: number;
}

const NO_LABELS: Record<string, string> = {};

/**
 * A gauge that keeps no values: with ten thousand workloads they are 400,000, each with its labels and a key of them,
 * and all of them are other ones at the next reading.
 */
class ReadGauge extends Gauge {
  readonly #spec: GaugeSpec;
  readonly #readings: ReadonlyMap<string, WorkloadReading>;

  constructor(spec: GaugeSpec, readings: ReadonlyMap<string, WorkloadReading>) {
    const labelNames = ['namespace', 'name', ...(spec.label === undefined ? [] : [spec.label])];
    super({ name: `prescale_${spec.name}`, help: spec.help, labelNames, registers: [] });
    this.#spec = spec;
    this.#readings = readings;
  }

  override async get(): ReturnType<Gauge['get']> {
    const all = await this.getForPromString();
    const values = all.values.map(({ labels, sharedLabels, value }) => ({
      labels: { ...sharedLabels, ...labels },
      value,
    }));
    return { ...all, values };
  }

  /** prom-client writes labels that are the same object for many values once (as its histograms have it). */
  async getForPromString(): Promise<
    Omit<Awaited<ReturnType<Gauge['get']>>, 'values'> & { values: SharedValue[] }
  > {
    const all = await super.get();
    const values: SharedValue[] = [];
    for (const reading of this.#readings.values())
      for (const [label, value] of this.#spec.read(reading))
        if (value !== undefined)
          values.push({ labels: this.#ownLabels(label), sharedLabels: reading.workload, value });
    return { ...all, values };
  }

  #ownLabels(label: string | undefined): Record<string, string> {
    const { label: name } = this.#spec;
    return name === undefined || label === undefined ? NO_LABELS : { [name]: label };
  }
}
