import type { Forecaster } from '../../forecaster.ts';

const MESSAGE =
  'no trained network is shipped with this version; one is made by training on recordings (a later version brings the command) and lies in models/ with its model card';

/** The network's place in the chain. Without a trained artefact it says so and forecasts nothing. */
export function createLstm(): Forecaster {
  return {
    name: 'lstm',
    forecast: (requests) =>
      requests.map(() => ({ kind: 'unavailable', reason: 'ArtefactMissing', message: MESSAGE })),
  };
}
