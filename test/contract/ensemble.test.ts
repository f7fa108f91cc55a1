import { describe } from 'vitest';
import { createEnsemble } from '../../src/forecast/models/ensemble/ensemble.ts';
import { forecasterContract } from './forecaster.ts';

// Apart from the other models: it runs them all, and this takes as long as all the others together.
describe('ensemble', () => forecasterContract(createEnsemble));
