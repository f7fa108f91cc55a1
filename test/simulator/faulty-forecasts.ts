/**
 * Forecasts of a workload whose models, data and clock are broken again and again, on purpose and from a seed: how often
 * something sane is still served, and with which reasons what failed was passed over.
 *
 *   npx tsx test/simulator/faulty-forecasts.ts [ticks] [seed]     100,000 ticks by default
 */
import { pathToFileURL } from 'node:url';
import type { ForecastResult } from '../../src/domain/forecast.ts';
import { createRandom, type Random } from '../../src/domain/random.ts';
import { createModels, DEFAULT_CHAIN } from '../../src/forecast/create-models.ts';
import type { Forecaster, ForecastOutcome } from '../../src/forecast/forecaster.ts';
import { createForecastChain } from '../../src/forecast/select-forecast.ts';
import { shippedNetwork } from '../../src/infer/shipped-network.ts';

const STEP_SECONDS = 900;
const STEP_MS = STEP_SECONDS * 1000;
const SLOTS_PER_DAY = 96;
const KNOWN_SLOTS = 2 * SLOTS_PER_DAY;
const HORIZON_STEPS = 3;
/** Each model fails so often when it is asked. */
const MODEL_FAULT_RATIO = 0.1;
/** A new fault of the data begins so often. */
const DATA_FAULT_RATIO = 0.02;
/** The clock is off so often. */
const CLOCK_FAULT_RATIO = 0.02;
const LONGEST_FAULT_SLOTS = 12;

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;
type Spoil = (made: Made) => readonly ForecastOutcome[];

const MODEL_FAULTS: Readonly<Record<string, Spoil>> = {
  throws: () => {
    throw new Error('out of memory');
  },
  'answers nothing': () => [],
  'answers twice': (made) => [made, made],
  'forgets a step': (made) => [{ ...made, quantilesRps: made.quantilesRps.slice(1) }],
  'answers no number': (made) => [{ ...made, meanRps: made.meanRps.map(() => Number.NaN) }],
  'answers infinity': (made) => [everyRate(made, () => Infinity)],
  'answers below zero': (made) => [everyRate(made, (rate) => rate - 1e9)],
  'answers a million times too much': (made) => [everyRate(made, (rate) => 1e6 * (rate + 1))],
  'answers quantiles upside down': (made) => [
    { ...made, quantilesRps: made.quantilesRps.map((row) => row.map((_, i) => row.length - i)) },
  ],
  'is surer than sure': (made) => [{ ...made, confidenceRatio: 1.5 }],
};

type Fault = (usualRps: number, newestRps: number) => number;

const DATA_FAULTS: Readonly<Record<string, Fault>> = {
  'a gap': () => Number.NaN,
  'a counter that starts again': (usual) => -usual,
  zeros: () => 0,
  'a stuck exporter': (_, newest) => newest,
  'a scrape counted a thousand times': (usual) => 1000 * usual,
  infinity: () => Infinity,
  'a tenfold load': (usual) => 10 * usual,
};

/** How the clock moves the known slots, in milliseconds. */
const CLOCK_FAULTS_MS: Readonly<Record<string, number>> = {
  'an hour ahead': 4 * STEP_MS,
  'an hour behind': -4 * STEP_MS,
  'a day ahead': SLOTS_PER_DAY * STEP_MS,
  'half a step off': STEP_MS / 2,
  'a little off': 7_000,
};

export interface Served {
  readonly ticks: number;
  readonly served: number;
  /** Served by each model. */
  readonly models: Readonly<Record<string, number>>;
  /** How often a model was passed over, for each reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Ticks at which something that is not sane was served, or a model was passed over without a sentence. */
  readonly wrong: number;
}

export async function playFaults(ticks: number, seed: number): Promise<Served> {
  const random = createRandom(seed);
  const network = await shippedNetwork();
  const chain = createForecastChain(createModels(network).map((model) => failing(model, random)));
  const load = faultyLoad(random);
  const values = Array.from({ length: KNOWN_SLOTS }, load);
  const count = { served: 0, wrong: 0, models: {}, skipped: {} };
  for (let tick = 0; tick < ticks; tick += 1) {
    values.push(load());
    values.shift();
    const startAtMs = Date.UTC(2026, 2, 1) + tick * STEP_MS + clockError(random);
    const series = { startAtMs, stepSeconds: STEP_SECONDS, values: Float64Array.from(values) };
    const calendar = {
      timeZone: 'Europe/Berlin',
      holidayCountry: null,
      events: [],
      excludedFromTraining: [],
    };
    const request = { seriesKey: 'shop/checkout', series, horizonSteps: HORIZON_STEPS, calendar };
    const [result] = chain.forecast([{ ...request, models: DEFAULT_CHAIN }]);
    tally(count, result);
  }
  return { ticks, ...count };
}

interface Count {
  served: number;
  wrong: number;
  models: Record<string, number>;
  skipped: Record<string, number>;
}

function tally(count: Count, result: ForecastResult): void {
  for (const { reason } of result.skipped) count.skipped[reason] = (count.skipped[reason] ?? 0) + 1;
  const isExplained = result.skipped.every(({ reason, message }) => reason.length > 0 && message.length > 0);
  if (!isExplained || (result.kind === 'forecast' && !isSane(result))) count.wrong += 1;
  if (result.kind !== 'forecast') return;
  count.served += 1;
  count.models[result.model] = (count.models[result.model] ?? 0) + 1;
}

function isSane({
  meanRps,
  quantilesRps,
  confidenceRatio,
}: Extract<ForecastResult, { kind: 'forecast' }>): boolean {
  const rows = [meanRps, ...quantilesRps];
  return (
    meanRps.length === HORIZON_STEPS &&
    quantilesRps.length === HORIZON_STEPS &&
    rows.every((row) => row.every((rate) => rate >= 0 && rate < Infinity)) &&
    quantilesRps.every((row) => row.every((rate, i) => i === 0 || rate >= row[i - 1])) &&
    confidenceRatio >= 0 &&
    confidenceRatio <= 1
  );
}

/** The model, but that it fails now and then. */
function failing(model: Forecaster, random: Random): Forecaster {
  return {
    name: model.name,
    forecast(requests) {
      const outcomes = model.forecast(requests);
      if (random() >= MODEL_FAULT_RATIO) return outcomes;
      const [made] = outcomes;
      return made.kind === 'forecast' ? oneOf(MODEL_FAULTS, random)(made) : outcomes;
    },
  };
}

function everyRate(made: Made, change: (rate: number) => number): Made {
  return {
    ...made,
    meanRps: made.meanRps.map(change),
    quantilesRps: made.quantilesRps.map((row) => row.map(change)),
  };
}

/** A daily wave with noise, one slot at each call, broken for a while now and then. */
function faultyLoad(random: Random): () => number {
  let slot = 0;
  let newest = 0;
  let fault: Fault | undefined;
  let slotsLeft = 0;
  return () => {
    const usual = 100 * (1.2 + Math.sin((2 * Math.PI * slot) / SLOTS_PER_DAY)) * (0.9 + 0.2 * random());
    slot += 1;
    if (slotsLeft === 0 && random() < DATA_FAULT_RATIO) {
      fault = oneOf(DATA_FAULTS, random);
      slotsLeft = 1 + Math.floor(random() * LONGEST_FAULT_SLOTS);
    }
    slotsLeft = Math.max(0, slotsLeft - 1);
    newest = slotsLeft > 0 && fault !== undefined ? fault(usual, newest) : usual;
    return newest;
  };
}

function clockError(random: Random): number {
  return random() < CLOCK_FAULT_RATIO ? oneOf(CLOCK_FAULTS_MS, random) : 0;
}

function oneOf<Value>(choices: Readonly<Record<string, Value>>, random: Random): Value {
  const values = Object.values(choices);
  return values[Math.floor(random() * values.length)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const ticks = Number(process.argv[2] ?? 100_000);
  const cpu = process.cpuUsage();
  const { served, wrong, models, skipped } = await playFaults(ticks, Number(process.argv[3] ?? 1));
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${served} of ${ticks} ticks served (${((100 * served) / ticks).toFixed(3)} %), ${wrong} wrong`,
  );
  console.log('served by', models);
  console.log('passed over', skipped);
  console.log(`${((user + system) / 1e3 / ticks).toFixed(2)} ms of CPU a tick`);
}
