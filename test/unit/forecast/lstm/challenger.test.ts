import { describe, expect, test } from 'vitest';
import { createArimaPaths } from '../../../../src/forecast/models/arima/arima.ts';
import type { ForecastOutcome } from '../../../../src/forecast/forecaster.ts';
import type { ServedNetwork } from '../../../../src/forecast/models/lstm/correction-memory.ts';
import { type Challenger, createLstm } from '../../../../src/forecast/models/lstm/lstm.ts';
import { shippedNetwork } from '../../../../src/infer/shipped-network.ts';
import { generatedSeries } from '../../../../src/train/generate-series.ts';
import { PLAIN_CALENDAR } from '../../../contract/forecaster.ts';

/** A load on which the shipped network is trusted. */
const series = generatedSeries(43);
const shipped = (await shippedNetwork()) as ServedNetwork;

/** The shipped network, but that its medians are off by so many expected errors. */
function offBy(errors: number): ServedNetwork {
  const { kernel } = shipped;
  return {
    ...shipped,
    kernel: {
      ...kernel,
      correction(state, inputs, offsets) {
        const said = kernel.correction(state, inputs, offsets);
        return { ...said, shift: said.shift + errors };
      },
    },
  };
}

function forecastBy(
  champion: ServedNetwork,
  challenger?: Challenger,
  values = series.values,
): ForecastOutcome {
  const lstm = createLstm(champion, createArimaPaths(), () => challenger);
  const request = { seriesKey: 'shop/checkout', horizonSteps: 3, calendar: PLAIN_CALENDAR };
  const [outcome] = lstm.forecast([{ ...request, series: { ...series, values } }]);
  return outcome;
}

const unseen = (network: ServedNetwork): Challenger => ({ network, unseenFromMs: 0 });

/** Without what is told of the contest. */
function served(outcome: ForecastOutcome): object {
  if (outcome.kind === 'unavailable') return { reason: outcome.reason };
  const { networkInUse: _, ...rest } = outcome;
  return rest;
}

describe('two networks of a workload', () => {
  test('a better challenger serves, and says so', () => {
    const outcome = forecastBy(offBy(0.7), unseen(shipped));
    expect(served(outcome)).toEqual(served(forecastBy(shipped)));
    expect(outcome).toMatchObject({
      kind: 'forecast',
      networkInUse: { network: 'challenger', reason: 'Won' },
    });
  });

  test('a worse one changes nothing that is served', () => {
    const outcome = forecastBy(shipped, unseen(offBy(0.7)));
    expect(served(outcome)).toEqual(served(forecastBy(shipped)));
    expect(outcome).toMatchObject({ networkInUse: { network: 'champion', reason: 'NotWon' } });
  });

  test('nor does one that was trained with all there is, however good', () => {
    const seen = { network: shipped, unseenFromMs: series.startAtMs + 3600e3 * series.values.length };
    expect(served(forecastBy(offBy(0.7), seen))).toEqual(served(forecastBy(offBy(0.7))));
  });

  test('who steps back for the base tells which network it was', () => {
    expect(forecastBy(offBy(0.7), unseen(offBy(0.6)))).toMatchObject({
      reason: 'NotBetter',
      message: expect.stringMatching(/of arima better .*; the challenger serves: /) as string,
    });
  });

  test('one instance that has followed the series answers as a fresh one does', () => {
    const contender = unseen(shipped);
    const lstm = createLstm(offBy(0.7), createArimaPaths(), () => contender);
    const request = { seriesKey: 'a', horizonSteps: 3, calendar: PLAIN_CALENDAR };
    for (let hours = 40; hours >= 0; hours -= 8) {
      const values = series.values.subarray(0, series.values.length - hours);
      const [outcome] = lstm.forecast([{ ...request, series: { ...series, values } }]);
      expect(outcome).toEqual(forecastBy(offBy(0.7), unseen(shipped), values));
    }
  });

  test('each class of workloads has its own, and one without has none', () => {
    const asked: string[] = [];
    const lstm = createLstm(offBy(0.7), createArimaPaths(), (workloadClass) => {
      asked.push(workloadClass);
      return workloadClass === 'web' ? unseen(shipped) : undefined;
    });
    const request = { horizonSteps: 3, calendar: PLAIN_CALENDAR, series };
    const outcomes = lstm.forecast([
      { ...request, seriesKey: 'a', workloadClass: 'web' },
      { ...request, seriesKey: 'b', workloadClass: 'batch' },
      { ...request, seriesKey: 'c' },
    ]);
    const alone = forecastBy(offBy(0.7));
    expect(outcomes).toEqual([forecastBy(offBy(0.7), unseen(shipped)), alone, alone]);
    expect(asked).toEqual(['web', 'batch', 'default']);
  });

  test('one that comes while the other serves is judged as if it had been there all along, and so is none', () => {
    let contender: Challenger | undefined = unseen(offBy(0.6));
    const lstm = createLstm(offBy(0.7), createArimaPaths(), () => contender);
    const request = { seriesKey: 'a', horizonSteps: 3, calendar: PLAIN_CALENDAR, series };
    const challengers = [contender, unseen(shipped), undefined, unseen(offBy(0.6))];
    for (contender of challengers)
      expect(lstm.forecast([request])).toEqual([forecastBy(offBy(0.7), contender)]);
  });
});
