import { describe, expect, test } from 'vitest';
import type { Forecaster, ForecastOutcome } from '../../../../src/forecast/forecaster.ts';
import { createEnsemble, EXPERTS } from '../../../../src/forecast/models/ensemble/ensemble.ts';
import type { ServedNetwork } from '../../../../src/forecast/models/lstm/correction-memory.ts';
import type { Challenger } from '../../../../src/forecast/models/lstm/lstm.ts';
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

function ensembleOf(champion: ServedNetwork, challenger?: Challenger): Forecaster {
  return createEnsemble([...EXPERTS, networkExpert(champion, () => challenger)]);
}

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;

/** After `days` of the series. */
function forecastOf(ensemble: Forecaster, days: number): Made {
  const slots = (days * 86_400) / series.stepSeconds;
  const known = { ...series, values: series.values.subarray(0, slots) };
  const [outcome] = ensemble.forecast([
    { seriesKey: 'shop/checkout', horizonSteps: 3, calendar: PLAIN_CALENDAR, series: known },
  ]);
  if (outcome.kind !== 'forecast') throw new Error(outcome.message);
  return outcome;
}

function shareIn({ weights }: Made): number {
  return weights?.find(({ expert }) => expert === 'network')?.weightRatio ?? 0;
}

/** The share of the network in the forecast after `days` of the series. */
function shareOf(network: ServedNetwork, days: number): number {
  return shareIn(forecastOf(ensembleOf(network), days));
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

describe('a challenger of the network among the experts', () => {
  const unseen = (network: ServedNetwork): Challenger => ({ network, unseenFromMs: 0 });

  test('that is better speaks for it, and earns it a larger share', () => {
    const made = forecastOf(ensembleOf(offBy(0.3), unseen(shipped)), 14);
    expect(made.networkInUse).toMatchObject({ network: 'challenger', reason: 'Won' });
    expect(shareIn(made)).toBeGreaterThan(2 * shareOf(offBy(0.3), 14));
  });

  test.each([
    ['is worse', unseen(offBy(4))],
    ['has seen all there is', { network: offBy(-0.1), unseenFromMs: series.startAtMs + 15 * 86_400_000 }],
  ])('that %s changes nothing but what is told of it', (_, challenger) => {
    const { networkInUse, ...made } = forecastOf(ensembleOf(shipped, challenger), 14);
    expect(networkInUse).toMatchObject({ network: 'champion', reason: 'NotWon' });
    expect(made).toEqual(forecastOf(ensembleOf(shipped), 14));
  });

  test('is swapped for the same by an instance that has followed the series and by a fresh one', () => {
    const challenger = unseen(shipped);
    const followed = ensembleOf(offBy(0.7), challenger);
    const networks = new Set<string>();
    for (let days = 1; days <= 7; days += 0.25) {
      const made = forecastOf(followed, days);
      expect(made).toEqual(forecastOf(ensembleOf(offBy(0.7), challenger), days));
      networks.add(made.networkInUse?.network ?? 'none');
    }
    expect([...networks]).toEqual(['champion', 'challenger']);
  });
});
