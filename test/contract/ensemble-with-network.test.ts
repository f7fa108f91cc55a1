import { describe } from 'vitest';
import { createEnsemble, EXPERTS } from '../../src/forecast/models/ensemble/ensemble.ts';
import { networkExpert } from '../../src/forecast/models/lstm/network-expert.ts';
import { shippedNetwork } from '../../src/infer/shipped-network.ts';
import { forecasterContract } from './forecaster.ts';

const network = await shippedNetwork();
if ('missing' in network) throw new Error(network.missing);

// In a file of its own: it takes as long as all other models together.
describe('ensemble with the shipped network', () =>
  forecasterContract(() => createEnsemble([...EXPERTS, networkExpert(network)])));
