/**
 * Plays every recording of a folder at once, a policy for each, through the built command, and looks at every
 * decision: `npx tsx test/bench/play-traces.ts [--traces DIR] [--from=-1d] [--keep FILE]`.
 *
 * Each recording gets servers that 14 busy replicas of 8 would share at its mean rate. Prints the summary and how many
 * decisions there were without a reason, a whole chain of guards or a sentence; exit 1 where there are any, or where
 * the command fails. The recordings' years differ: they are played side by side, each in its own time.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GUARD_NAMES, type Decision } from '../../src/domain/decision.ts';
import { REASONS } from '../../src/domain/reasons.ts';
import { sentence } from '../../src/explain/sentence.ts';
import { decisionFromJson } from '../../src/explain/to-json.ts';
import { loadRecording } from '../../src/observe/recording/load-recording.ts';
import type { Recording } from '../../src/observe/recording/recording.ts';
import { commandFlags } from '../command-flags.ts';

const MEAN_REPLICAS = 14;
const SERVERS = 8;

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  from: { type: 'string', default: '-1d' },
  keep: { type: 'string' },
});

/** The policy of a made-up workload that would run the recording's mean rate on MEAN_REPLICAS busy replicas. */
function policyFor({ name, stepSeconds, columns }: Recording): object {
  const rates = [...columns.arrivalRate.values].filter((rate) => !Number.isNaN(rate));
  const meanRps = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const serviceRateRps = meanRps / (MEAN_REPLICAS * SERVERS);
  const kubernetesName = name.replaceAll('_', '-');
  return {
    apiVersion: 'prescale.dev/v1alpha1',
    kind: 'PredictiveAutoscaler',
    metadata: { namespace: 'traces', name: kubernetesName },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: kubernetesName },
      minReplicas: 1,
      maxReplicas: 1000,
      metrics: {
        delay: '30s',
        staleAfter: `${Math.max(120, 2 * stepSeconds)}s`,
        arrivalRate: { query: 'sum(rate(http_requests_total[1m]))' },
      },
      capacity: { serviceRateRps, serversPerReplica: SERVERS, startupTime: '90s', dispatch: 'LeastRequests' },
      slo: { responseTime: `${Math.ceil(6250 / serviceRateRps)}ms`, objective: 0.99 },
      cost: { replicaHour: 0.12, violation: 0.0004, switching: 0.001, currency: 'USD' },
      forecast: { step: `${stepSeconds}s`, horizon: `${Math.max(900, 2 * stepSeconds)}s` },
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'play-traces-'));
const files = readdirSync(flags.traces)
  .filter((name) => name.endsWith('.csv'))
  .sort();
const recordings = files.map((name) => join(flags.traces, name));
const policies: string[] = [];
for (const file of recordings) {
  const recording = await loadRecording(file);
  const path = join(folder, `${recording.name}.yaml`);
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(policyFor(recording)));
  policies.push(path);
}

const args = ['dist/cli.js', 'run', '--policy', ...policies, '--recording', ...recordings];
const play = spawn(
  process.execPath,
  [...args, `--from=${flags.from}`, '--speed', 'max', '--dry-run', '--json', '--listen', '127.0.0.1:0'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const ended = new Promise<number | null>((resolve) => void play.on('close', resolve));
const kept = flags.keep === undefined ? undefined : createWriteStream(flags.keep);
const reasons = new Set(Object.keys(REASONS));
let decisions = 0;
let unexplained = 0;
let last = '';
for await (const line of createInterface({ input: play.stdout })) {
  last = line;
  kept?.write(`${line}\n`);
  const json = JSON.parse(line) as { readonly summary?: unknown };
  if (json.summary !== undefined) continue;
  decisions += 1;
  if (!isExplained(decisionFromJson(json))) unexplained += 1;
}
kept?.end();
const code = await ended;
rmSync(folder, { recursive: true });
console.log(last);
console.log(
  `${files.length} recordings, ${decisions} decisions, ${unexplained} unexplained, exit code ${code}`,
);
process.exitCode = code === 0 && unexplained === 0 && decisions > 0 ? 0 : 1;

function isExplained(decision: Decision): boolean {
  const { outcome, guards } = decision;
  return (
    reasons.has(outcome.reason) &&
    guards.length === GUARD_NAMES.length &&
    guards.every(({ reason, message }) => reasons.has(reason) && message !== '') &&
    sentence(decision) !== ''
  );
}
