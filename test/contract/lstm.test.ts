import { describe } from 'vitest';
import { createArima, createArimaPaths } from '../../src/forecast/models/arima/arima.ts';
import type { Forecaster } from '../../src/forecast/forecaster.ts';
import { createLstm } from '../../src/forecast/models/lstm/lstm.ts';
import { shippedNetwork } from '../../src/infer/shipped-network.ts';
import { forecasterContract } from './forecaster.ts';

/** The shipped network; where it steps back for the model that it corrects, that one. */
const network = await shippedNetwork();
function lstmOverArima(): Forecaster {
  const pathsFor = createArimaPaths();
  if ('missing' in network) throw new Error(network.missing);
  const lstm = createLstm(network, pathsFor);
  const arima = createArima(pathsFor);
  return {
    name: 'lstm',
    forecast: (requests) => {
      const outcomes = lstm.forecast(requests);
      return outcomes.map((one, i) =>
        one.kind === 'unavailable' && one.reason === 'NotBetter' ? arima.forecast([requests[i]])[0] : one,
      );
    },
  };
}
describe('lstm, and arima where it steps back', () => forecasterContract(lstmOverArima));
