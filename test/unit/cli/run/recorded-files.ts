import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A policy of the checkout's kind; `spec` replaces or adds whole blocks. */
export function policyText(name: string, spec: Record<string, unknown> = {}, annotations = {}): string {
  return JSON.stringify({
    apiVersion: 'prescale.dev/v1alpha1',
    kind: 'PredictiveAutoscaler',
    metadata: { namespace: 'shop', name, annotations },
    spec: {
      scaleTargetRef: { name },
      minReplicas: 1,
      maxReplicas: 60,
      metrics: { arrivalRate: { query: 'up' } },
      capacity: { serviceRateRps: 25, serversPerReplica: 8, startupTime: '90s', dispatch: 'Central' },
      slo: { responseTime: '250ms', objective: 0.99 },
      forecast: { lookback: '6h', models: ['moving-average'] },
      ...spec,
    },
  });
}

export interface RecordedRows {
  readonly startAtMs: number;
  readonly stepSeconds?: number;
  readonly rows: number;
  readonly rps: (row: number) => number | undefined;
  /** Further columns, by header. */
  readonly columns?: Readonly<Record<string, (row: number) => number>>;
}

/** A recording as CSV; a row without a rate is left out. */
export function csvText({ startAtMs, stepSeconds = 60, rows, rps, columns = {} }: RecordedRows): string {
  const lines = [['timestamp', 'arrival_rate_rps', ...Object.keys(columns)].join(',')];
  for (let row = 0; row < rows; row += 1) {
    const rate = rps(row);
    if (rate === undefined) continue;
    const at = new Date(startAtMs + row * stepSeconds * 1000).toISOString();
    lines.push([at, rate, ...Object.values(columns).map((value) => value(row))].join(','));
  }
  return `${lines.join('\n')}\n`;
}

export async function written(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
