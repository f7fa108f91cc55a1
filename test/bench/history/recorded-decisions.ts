import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { actuationFromJson, decisionFromJson, type DecisionBody } from '../../../src/explain/to-json.ts';
import type { RecordedDecision } from '../../../src/history/decision-history.ts';
import type { ForecastResult } from '../../../src/domain/forecast.ts';

/** The decisions of the demo's last hours, as the built controller makes them, equal forecasts as one value. */
export async function demoDecisions(hours: number): Promise<readonly RecordedDecision[]> {
  const args = ['dist/cli.js', 'run', '--policy', 'deploy/demo/checkout.yaml', '--speed', 'max', '--json'];
  const played = [
    '--recording',
    'deploy/demo/web-shop.csv.gz',
    `--from=-${hours}h`,
    '--listen',
    '127.0.0.1:0',
  ];
  const child = spawn(process.execPath, [...args, ...played], { stdio: ['ignore', 'pipe', 'ignore'] });
  const decisions: RecordedDecision[] = [];
  let forecast: { readonly text: string; readonly value: ForecastResult } | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const body = JSON.parse(line) as DecisionBody;
    if (!('decidedAt' in body)) continue;
    const decision = decisionFromJson(body);
    const text = JSON.stringify(decision.forecast);
    if (forecast?.text !== text) forecast = { text, value: decision.forecast };
    decisions.push({
      decision: { ...decision, forecast: forecast.value },
      actuation: actuationFromJson(body)!,
    });
  }
  return decisions;
}

/** One tick of a fleet: each workload's own decision, another stretch of the demo for each. */
export function fleetTick(
  decisions: readonly RecordedDecision[],
  workloads: number,
  tick: number,
): readonly RecordedDecision[] {
  return Array.from({ length: workloads }, (_, i) => {
    const { decision, actuation } = decisions[(tick + 37 * i) % decisions.length];
    const workload = { namespace: 'shop', name: `service-${i}` };
    const decidedAtMs = decisions[0].decision.decidedAtMs + tick * 15_000;
    return {
      decision: { ...decision, workload, decidedAtMs },
      actuation: { ...actuation, workload, decidedAtMs },
    };
  });
}
