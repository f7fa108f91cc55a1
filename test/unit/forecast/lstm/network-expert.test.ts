import { describe, expect, test } from 'vitest';
import { createEnsemble, EXPERTS } from '../../../../src/forecast/models/ensemble/ensemble.ts';
import type { ServedNetwork } from '../../../../src/forecast/models/lstm/correction-memory.ts';
import { networkExpert } from '../../../../src/forecast/models/lstm/network-expert.ts';
import { shippedNetwork } from '../../../../src/infer/shipped-network.ts';
import { generatedSeries } from '../../../../src/train/generate-series.ts';
import { PLAIN_CALENDAR } from '../../../contract/forecaster.ts';

const series = generatedSeries(20);
const shipped = (await shippedNetwork()) as ServedNetwork;

/** The shipped network, but that its medians are off by so many expected errors. */
function offBy(errors: number): ServedNetwork {
  const { kernel } = shipped;
  const correction: typeof kernel.correction = (state, inputs, offsets) => {
    const said = kernel.correction(state, inputs, offsets);
    return { ...said, shift: said.shift + errors };
  };
  return { ...shipped, kernel: { ...kernel, correction } };
}

/** The share of the network in the forecast after `days` of the series. */
function shareOf(network: ServedNetwork, days: number): number {
  const slots = (days * 86_400) / series.stepSeconds;
  const known = { ...series, values: series.values.subarray(0, slots) };
  const [outcome] = createEnsemble([...EXPERTS, networkExpert(network)]).forecast([
    { seriesKey: 'shop/checkout', horizonSteps: 3, calendar: PLAIN_CALENDAR, series: known },
  ]);
  if (outcome.kind !== 'forecast') throw new Error(outcome.message);
  return outcome.weights?.find(({ expert }) => expert === 'network')?.weightRatio ?? 0;
}

describe('the network among the experts', () => {
  test('counts as far as it is right', () => {
    expect(shareOf(shipped, 14)).toBeGreaterThan(5 * shareOf(offBy(4), 14));
  });

  test('has a share on the first day already', () => {
    expect(shareOf(shipped, 1)).toBeGreaterThan(0.01);
  });

  test('is refused where there is nothing that it corrects', () => {
    expect(() => networkExpert(shipped).create([])).toThrow('corrects');
  });
});
