import { describe, expect, test } from 'vitest';
import type { LiveHistory } from '../../../../src/domain/live-history.ts';
import type { TimeSeries } from '../../../../src/domain/time-series.ts';
import { FEATURES } from '../../../../src/forecast/features/feature-table.ts';
import type { ForecastOutcome } from '../../../../src/forecast/forecaster.ts';
import { createArimaPaths } from '../../../../src/forecast/models/arima/arima.ts';
import { createEnsemble, EXPERTS } from '../../../../src/forecast/models/ensemble/ensemble.ts';
import { createLstm } from '../../../../src/forecast/models/lstm/lstm.ts';
import { networkExpert } from '../../../../src/forecast/models/lstm/network-expert.ts';
import { standardise } from '../../../../src/forecast/models/lstm/network.ts';
import { columnNames } from '../../../../src/forecast/models/lstm/network-inputs.ts';
import { artefactFrom, type LoadedNetwork, networkFrom } from '../../../../src/infer/artefact.ts';
import { shippedNetwork } from '../../../../src/infer/shipped-network.ts';
import { generatedSeries } from '../../../../src/train/generate-series.ts';
import { widenedNetwork } from '../../../../src/train/widened-network.ts';
import { PLAIN_CALENDAR } from '../../../contract/forecaster.ts';

const shipped = (await shippedNetwork()) as LoadedNetwork;
/** A load on which the shipped network is trusted. */
const series = generatedSeries(3);
const END = series.values.length;
const STEP_MS = series.stepSeconds * 1000;
const WIDE = [...shipped.features, ...FEATURES.filter(({ isReading }) => isReading)];
const READINGS = new Set(WIDE.slice(shipped.features.length).map(({ name }) => name));

/** The shipped network with readings behind its features, that weigh something where its training knew them. */
function reading(known: (name: string) => boolean): LoadedNetwork {
  const wide = widenedNetwork(shipped, WIDE, []);
  const { units } = wide.shape;
  const inputKernel = wide.weights.inputKernel.slice();
  const deviations = wide.deviations.slice();
  const means = wide.means.slice();
  columnNames(WIDE).forEach((column, index) => {
    const [name] = column.split(' ');
    if (!READINGS.has(name)) return;
    // What was never known has whatever weights the beginning gave it.
    inputKernel.fill(0.5, index * 4 * units, (index + 1) * 4 * units);
    if (known(name)) [means[index], deviations[index]] = [0.3, 0.4];
  });
  const network = { ...wide, means, deviations, weights: { ...wide.weights, inputKernel } };
  const names = WIDE.map(({ name }) => name);
  return networkFrom(artefactFrom(network, names, {}), 'a network of this test');
}

const readsAll = reading(() => true);

function wave(size: number, period: number): TimeSeries {
  const values = series.values.map((_, slot) => size * (1.5 + Math.sin(slot / period)));
  return { ...series, values };
}

function liveOf(change: Partial<LiveHistory['metrics']> = {}): LiveHistory {
  const metrics = { latency: wave(0.1, 9), errorRatio: wave(0.2, 31), ...change };
  return { metrics, rolloutsAtMs: [series.startAtMs + (END - 400) * STEP_MS] };
}

interface Asked {
  readonly lstm?: ReturnType<typeof createLstm>;
  readonly live?: LiveHistory | undefined;
  readonly end?: number;
}

function lstmOf(network: LoadedNetwork): ReturnType<typeof createLstm> {
  return createLstm(network, createArimaPaths());
}

function forecast({ lstm = lstmOf(readsAll), live, end = END }: Asked): ForecastOutcome {
  const known = { ...series, values: series.values.subarray(0, end) };
  const request = { seriesKey: 'shop/checkout', horizonSteps: 3, calendar: PLAIN_CALENDAR };
  const [outcome] = lstm.forecast([{ ...request, series: known, live }]);
  return outcome;
}

function withGap(from: number, to: number): LiveHistory {
  const values = wave(0.1, 9).values.slice().fill(Number.NaN, from, to);
  return liveOf({ latency: { ...series, values } });
}

test('what a network reads changes its forecast, and the shipped one reads none of it', () => {
  expect(forecast({}).kind).toBe('forecast');
  expect(forecast({ live: liveOf() })).not.toEqual(forecast({}));
  expect(forecast({ lstm: lstmOf(shipped), live: liveOf() })).toEqual(forecast({ lstm: lstmOf(shipped) }));
});

test('the same readings as plain data, copied to another thread, give the same forecast', () => {
  expect(forecast({ live: structuredClone(liveOf()) })).toEqual(forecast({ live: liveOf() }));
});

test('readings from the origin on change nothing', () => {
  const end = END - 50;
  const spoilt = wave(0.1, 9).values.slice().fill(1e6, end);
  const rolloutsAtMs = [...liveOf().rolloutsAtMs, series.startAtMs + (end + 1) * STEP_MS];
  const live = { metrics: { ...liveOf().metrics, latency: { ...series, values: spoilt } }, rolloutsAtMs };
  expect(forecast({ live, end })).toEqual(forecast({ live: liveOf(), end }));
});

test.each([
  ['comes late', withGap(END - 60, END - 50), liveOf()],
  ['is missing', liveOf(), withGap(END - 3, END)],
  ['is corrected', liveOf({ latency: wave(0.3, 7) }), liveOf()],
  ['slides with its window', liveOf(), liveOf({ latency: laterPart(wave(0.1, 9)) })],
])('a warm network answers as a fresh one where a reading %s', (_, before, after) => {
  const warm = lstmOf(readsAll);
  forecast({ lstm: warm, live: before, end: END - 1 });
  forecast({ lstm: warm, live: before });
  expect(forecast({ lstm: warm, live: after })).toEqual(forecast({ live: after }));
});

function laterPart({ startAtMs, stepSeconds, values }: TimeSeries): TimeSeries {
  return { startAtMs: startAtMs + 100 * STEP_MS, stepSeconds, values: values.subarray(100) };
}

test('a reading that is not known counts as the mean, not as a zero', () => {
  const network = {
    ...shipped.network,
    means: Float32Array.of(0.7, 0.7),
    deviations: Float32Array.of(0.1, 0.1),
  };
  const into = new Float32Array(2);
  standardise(network, Float32Array.of(Number.NaN, 0.8), into);
  expect([...into]).toEqual([0, expect.closeTo(1, 5)]);
});

test('what was unknown throughout a training stays masked: whatever is measured then, nothing changes', () => {
  const neverKnew = reading((name) => name !== 'latency');
  expect(neverKnew.liveMetrics).not.toContain('latency');
  expect(readsAll.liveMetrics).toContain('latency');
  const other = liveOf({ latency: wave(3, 5) });
  expect(forecast({ lstm: lstmOf(neverKnew), live: other })).toEqual(
    forecast({ lstm: lstmOf(neverKnew), live: liveOf() }),
  );
  expect(forecast({ live: other })).not.toEqual(forecast({ live: liveOf() }));
});

describe('as an expert of the ensemble', () => {
  const ensembleOf = (network: LoadedNetwork, challenger?: LoadedNetwork) =>
    createEnsemble([
      ...EXPERTS,
      networkExpert(network, () => challenger && { network: challenger, unseenFromMs: 0 }),
    ]);

  test('a network is told the readings, whether it is the champion or contends; the shipped one reads none', () => {
    const made = (network: LoadedNetwork, live?: LiveHistory) =>
      forecast({ lstm: ensembleOf(network), live });
    expect(made(readsAll).kind).toBe('forecast');
    expect(made(readsAll, liveOf())).not.toEqual(made(readsAll));
    expect(made(shipped, liveOf())).toEqual(made(shipped));
    const contest = (live?: LiveHistory) => {
      const outcome = forecast({ lstm: ensembleOf(shipped, readsAll), live });
      return outcome.kind === 'forecast' && outcome.networkInUse?.message;
    };
    expect(contest(liveOf())).not.toEqual(contest());
  });

  test('an instance that has followed the series answers as a fresh one', () => {
    const followed = ensembleOf(readsAll);
    for (let end = END - 6; end <= END; end += 1)
      expect(forecast({ lstm: followed, live: liveOf(), end })).toEqual(
        forecast({ lstm: ensembleOf(readsAll), live: liveOf(), end }),
      );
  });
});
