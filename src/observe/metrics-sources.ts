import { invalidInput } from '../domain/errors.ts';
import { createPrometheusSource } from './prometheus/prometheus-source.ts';
import type { PrometheusConfig } from './prometheus/prometheus-config.ts';
import type { MetricsSource } from './metrics-source.ts';

/** The sources of the controller's configuration, by the name that policies call them (`metrics.source`). */
export interface MetricsSources {
  /** Throws `invalidInput` that names the known ones; `path` is the policy's field for the message. */
  named(name: string, path: string): MetricsSource;
  close(): Promise<void>;
}

export function createMetricsSources(configs: readonly PrometheusConfig[]): MetricsSources {
  const byName = new Map(configs.map((config) => [config.name, createPrometheusSource(config)]));
  return {
    named(name, path) {
      const source = byName.get(name);
      if (source !== undefined) return source;
      const known = [...byName.keys()].join(', ');
      throw invalidInput('the metrics source', [
        {
          path,
          got: JSON.stringify(name),
          allowed: known === '' ? 'none: no Prometheus is configured' : known,
        },
      ]);
    },
    close: async () => {
      await Promise.all([...byName.values()].map((source) => source.close()));
    },
  };
}
