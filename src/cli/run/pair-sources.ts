import { invalidInput, PrescaleError, type Problem } from '../../domain/errors.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { MetricsSource } from '../../observe/metrics-source.ts';
import {
  loadPrometheusConfig,
  prometheusConfigFromUrl,
  type PrometheusConfig,
} from '../../observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../observe/prometheus/prometheus-source.ts';
import { loadRecording } from '../../observe/recording/load-recording.ts';
import type { Recording } from '../../observe/recording/recording.ts';
import { createRecordingSource } from '../../observe/recording/recording-source.ts';
import type { Policy } from '../../policy/policy.ts';
import { createProgress } from '../progress.ts';
import type { LoadedPolicy } from './read-policies.ts';
import type { RunFlags } from './run-flags.ts';

/** A policy with where its measurements come from. */
export interface Paired extends LoadedPolicy {
  readonly source: MetricsSource;
  /** undefined where it is a Prometheus. */
  readonly recording: Recording | undefined;
}

/** Each policy with its recording, in order, or with the Prometheus that it names. */
export async function pairSources(
  loaded: readonly LoadedPolicy[],
  flags: RunFlags,
  signal: AbortSignal,
): Promise<readonly Paired[]> {
  const paired =
    flags.recording === undefined
      ? await withPrometheus(loaded, flags)
      : await withRecordings(loaded, flags.recording, signal);
  return inNamespace(paired, flags.namespace);
}

async function withRecordings(
  loaded: readonly LoadedPolicy[],
  files: readonly string[],
  signal: AbortSignal,
): Promise<readonly Paired[]> {
  if (files.length !== loaded.length)
    throw new PrescaleError(
      'usage',
      `--recording: got ${files.length} for ${loaded.length} policies, allowed: one for each policy, in their order`,
    );
  for (const { policy } of loaded) warnOfUnanswered(policy);
  const recordings = await loadAll(files, signal);
  const plays = loaded.map((one, index) => ({
    ...one,
    policy: withRecordedReplicas(one.policy, recordings[index]),
    recording: recordings[index],
  }));
  const source = createRecordingSource(
    plays.map(({ policy, recording }) => ({ workload: policy.workload, recording })),
  );
  return plays.map((one) => ({ ...one, source }));
}

/** A recording holds nothing of what its dependencies had left. */
function warnOfUnanswered({ workload, dependencies }: Policy): void {
  for (const { name, query } of dependencies)
    if (query !== null)
      process.stderr.write(
        `policy ${workloadKey(workload)}: no recording answers the query of dependency ${name}; ` +
          'its room is unknown and limits nothing in this run (a capacity would)\n',
      );
}

async function loadAll(files: readonly string[], signal: AbortSignal): Promise<readonly Recording[]> {
  const progress = createProgress();
  const recordings: Recording[] = [];
  try {
    for (const [index, file] of files.entries()) {
      const onProgress = (readBytes: number, totalBytes: number | null): void =>
        progress.update((index + readBytes / (totalBytes ?? Infinity)) / files.length, `reading ${file}`);
      recordings.push(await loadRecording(file, { signal, onProgress }));
    }
  } finally {
    progress.finish();
  }
  for (const { name, warnings } of recordings)
    for (const warning of warnings) process.stderr.write(`recording ${name}: ${warning}\n`);
  return recordings;
}

/** Replica columns are no context that a policy names; where a recording has them, the dry run needs them. */
function withRecordedReplicas(policy: Policy, { columns }: Recording): Policy {
  const queries = {
    ...policy.metrics.queries,
    ...(columns.replicas && { replicas: 'replicas' }),
    ...(columns.readyReplicas && { readyReplicas: 'ready_replicas' }),
  };
  return { ...policy, metrics: { ...policy.metrics, queries } };
}

async function withPrometheus(loaded: readonly LoadedPolicy[], flags: RunFlags): Promise<readonly Paired[]> {
  const configs = await prometheusConfigs(flags);
  const names = configs.map(({ name }) => name);
  const problems: Problem[] = loaded
    .filter(({ policy }) => !names.includes(policy.metrics.source))
    .map(({ policy }) => ({
      path: `spec.metrics.source of ${workloadKey(policy.workload)}`,
      got: policy.metrics.source,
      allowed: `one of ${names.join(', ')}`,
    }));
  if (problems.length > 0) throw invalidInput('the policies', problems);
  const sources = new Map(configs.map((config) => [config.name, createPrometheusSource(config)]));
  return loaded.map((one) => ({
    ...one,
    source: sources.get(one.policy.metrics.source)!,
    recording: undefined,
  }));
}

/** Which Prometheus to ask. */
export type SourceFlags = Pick<RunFlags, 'prometheus' | 'prometheusConfig'>;

/** The named sources of --prometheus-config, or the one of --prometheus. */
export async function prometheusConfigs(flags: SourceFlags): Promise<readonly PrometheusConfig[]> {
  if (flags.prometheusConfig !== undefined) return loadPrometheusConfig(flags.prometheusConfig);
  return flags.prometheus === undefined ? [] : [prometheusConfigFromUrl(flags.prometheus)];
}

function inNamespace(paired: readonly Paired[], namespace: string | undefined): readonly Paired[] {
  if (namespace === undefined) return paired;
  const kept = paired.filter(({ policy }) => policy.workload.namespace === namespace);
  if (kept.length > 0) return kept;
  const known = [...new Set(paired.map(({ policy }) => policy.workload.namespace))].join(', ');
  throw new PrescaleError(
    'usage',
    `--namespace: got ${namespace}, allowed: a namespace of the policies (${known})`,
  );
}
