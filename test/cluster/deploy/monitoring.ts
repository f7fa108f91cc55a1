/** The optional files for Prometheus and Grafana, as programs read them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder } from './rendered.ts';

const file = (name: string): Promise<string> =>
  readFile(join(chartFolder, 'components', 'monitoring', name), 'utf8');

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly description: string };
}

export interface RuleGroups {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

/** What `promtool` and Prometheus read: the spec of the PrometheusRule. */
export async function ruleGroups(): Promise<RuleGroups> {
  return (parse(await file('rules.yaml')) as { spec: RuleGroups }).spec;
}

export interface ServiceMonitorSpec {
  readonly jobLabel: string;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints: readonly { readonly port: string }[];
}

export async function serviceMonitor(): Promise<ServiceMonitorSpec> {
  return (parse(await file('service-monitor.yaml')) as { spec: ServiceMonitorSpec }).spec;
}

export interface DashboardQuery {
  readonly panel: string;
  /** As it stands in the file, with Grafana's variables. */
  readonly expr: string;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

export async function dashboardQueries(): Promise<readonly DashboardQuery[]> {
  const { panels } = JSON.parse(await file('dashboard.json')) as { panels: readonly Panel[] };
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ panel: title, expr })));
}

/** As Grafana sends it with everything selected. */
export function withVariables(expr: string, rateInterval: string): string {
  return expr.replaceAll('$__rate_interval', rateInterval).replaceAll(/\$(namespace|name)\b/g, '.*');
}

export function metricNamesIn(expr: string): readonly string[] {
  return [...new Set(expr.match(/\bprescale_\w+/g))];
}
