import { describe } from 'vitest';
import { createDryRunScaler } from '../../src/actuate/dry-run.ts';
import { createFakeScaler } from '../fakes/scaler.ts';
import { scalerContract } from './scaler.ts';

describe('dry-run scaler', () =>
  scalerContract(() => createDryRunScaler({ recorded: () => undefined, startReplicas: () => 3 })));
describe('fake scaler', () => scalerContract(() => createFakeScaler({ startReplicas: 3 })));
