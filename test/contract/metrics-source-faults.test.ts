import { afterAll, beforeAll, describe } from 'vitest';
import { type FakePrometheus, startFakePrometheus } from '../fakes/prometheus.ts';
import { WORLD, worldQuery } from './metrics-source.contract.ts';
import { prometheusFaults } from './metrics-source-faults.ts';

describe('faults in front of a fake Prometheus', () => {
  let fake: FakePrometheus;
  beforeAll(async () => {
    fake = await startFakePrometheus({ [worldQuery('arrivalRate')]: [{ series: WORLD.arrivalRate }] });
  });
  afterAll(() => fake.close());
  prometheusFaults(() => fake.url);
});
