import { join } from 'node:path';
import { type Contradiction, refuse, TWO_PROMETHEUS } from '../contradictions.ts';
import type { PrintMode } from './decision-printer.ts';
import type { LogLevel } from '../../telemetry/logger.ts';
import type { LeaseFlag } from './lease-flag.ts';
import type { HistorySettings } from './keep-history.ts';
import { isLoopback, type ListenFlag } from './listen-flag.ts';
import type { Moment } from './moment-flag.ts';
import type { SafetyFlags } from './safety-flags.ts';

/** The flags as spec.ts declares and parses them. */
export interface RunFlags extends SafetyFlags {
  readonly policy?: readonly string[];
  readonly recording?: readonly string[];
  readonly prometheus?: string;
  readonly prometheusConfig?: string;
  /** Seconds. */
  readonly tick: number;
  readonly listen: ListenFlag;
  readonly apiTokenFile?: string;
  /** Both or neither. */
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  /** The address at which other replicas reach this one. */
  readonly advertise?: string;
  /** The folder of the calendar files that policies of a cluster name. */
  readonly calendars?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly lease?: LeaseFlag;
  /** Parts that the workloads of a cluster are divided into, each with one owner among the replicas. */
  readonly shards: number;
  /** Port for the kubelet and Prometheus, on all addresses. */
  readonly probes?: number;
  readonly historyDir?: string;
  /** Bytes. */
  readonly historySize?: number;
  /** Seconds. */
  readonly historyAge?: number;
  readonly seriesDir?: string;
  /** A fine-tuned network, or a folder with one for each class of workloads. */
  readonly challenger?: string;
  readonly speed?: number | 'max';
  readonly from?: Moment;
  readonly to?: Moment;
  readonly dryRun?: true;
  readonly keepServing?: true;
  readonly quiet?: true;
  readonly json?: true;
  readonly logLevel?: LogLevel;
}

const MIN_TICK_SECONDS = 1;
const MAX_TICK_SECONDS = 3600;
const DEFAULT_HISTORY_BYTES = 2 * 2 ** 30;
const DEFAULT_HISTORY_SECONDS = 30 * 86_400;

const isPlayed = (flags: RunFlags): boolean => flags.recording !== undefined || flags.from !== undefined;
const hasPrometheus = (flags: RunFlags): boolean =>
  flags.prometheus !== undefined || flags.prometheusConfig !== undefined;

/** What nobody asks for where no cluster is watched. */
const CLUSTER_FLAGS = [
  'kubeconfig',
  'lease',
  'probes',
  'advertise',
  'stopFile',
  'calendars',
  'fleetWindow',
  'fleetRemovals',
  'fleetHalvings',
  'fleetAdditions',
] as const;
const kebabCase = (flag: string): string => flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const CONTRADICTIONS: readonly Contradiction<RunFlags>[] = [
  {
    // In a cluster, the cluster says who may ask.
    holds: ({ listen, apiTokenFile, policy }) =>
      policy !== undefined && apiTokenFile === undefined && !isLoopback(listen),
    message: ({ listen: { host, port } }) =>
      `--listen: got ${host}:${port}, which others reach, allowed: a loopback address such as 127.0.0.1:8080, ` +
      'or --api-token-file to check who asks',
  },
  {
    holds: ({ advertise, listen }) => advertise !== undefined && (isLoopback(listen) || listen.port === 0),
    message: ({ listen: { host, port } }) =>
      `--advertise: got --listen ${host}:${port}, allowed: an address and a port that others reach`,
  },
  {
    holds: ({ tlsCertFile, tlsKeyFile }) => (tlsCertFile === undefined) !== (tlsKeyFile === undefined),
    message: '--tls-cert-file, --tls-key-file: got one of them, allowed: both or neither',
  },
  {
    holds: (flags) => flags.policy === undefined && isPlayed(flags),
    message:
      '--policy: got nothing, allowed: one or more files, where recorded metrics or the past are played',
  },
  {
    holds: (flags) => flags.recording === undefined && !hasPrometheus(flags),
    message: '--recording, --prometheus: got neither, allowed: recorded metrics, or a Prometheus to ask',
  },
  ...CLUSTER_FLAGS.map((flag) => ({
    holds: (flags: RunFlags) => flags.policy !== undefined && flags[flag] !== undefined,
    message: `--${kebabCase(flag)}: got --policy too, allowed: one or the other; with --policy no cluster is watched`,
  })),
  {
    holds: ({ shards, policy }) => shards > 1 && policy !== undefined,
    message: '--shards: got --policy too, allowed: one or the other; with --policy no cluster is watched',
  },
  {
    holds: ({ shards, namespace }) => shards > 1 && namespace !== undefined,
    message: '--shards: got --namespace too, allowed: one or the other; a namespace is never divided',
  },
  {
    holds: (flags) => flags.recording !== undefined && hasPrometheus(flags),
    message: '--recording: got a Prometheus too, allowed: one or the other',
  },
  TWO_PROMETHEUS,
  {
    holds: ({ policy = [], recording = [] }) =>
      [...policy, ...recording].filter((file) => file === '-').length > 1,
    message: '-: got it twice, allowed: once, as standard input can be read only once',
  },
  {
    holds: (flags) => flags.speed !== undefined && !isPlayed(flags),
    message:
      '--speed: got it for a live Prometheus, allowed: with --recording, or with --from to play the past',
  },
  {
    holds: (flags) => flags.to !== undefined && !isPlayed(flags),
    message: '--to: got it for a live Prometheus, allowed: with --recording, or with --from to play the past',
  },
  {
    holds: (flags) => flags.keepServing === true && !isPlayed(flags),
    message:
      '--keep-serving: got it for a live Prometheus, which never ends; allowed: with --recording or --from',
  },
  {
    holds: ({ quiet, json }) => quiet === true && json === true,
    message: '--quiet: got --json too, allowed: one or the other',
  },
  ...(['historySize', 'historyAge'] as const).map((flag) => ({
    holds: (flags: RunFlags) => flags.historyDir === undefined && flags[flag] !== undefined,
    message: `--history-${flag === 'historySize' ? 'size' : 'age'}: got no --history-dir, allowed: only with it`,
  })),
  {
    holds: ({ tick }) => tick < MIN_TICK_SECONDS || tick > MAX_TICK_SECONDS,
    message: '--tick: allowed: a duration from 1s to 1h',
  },
];

/** Throws `usage` for the first contradiction. */
export function refuseContradictions(flags: RunFlags): void {
  refuse(flags, CONTRADICTIONS);
}

/** undefined where no history is to be kept. */
export function historySettings({
  historyDir,
  historySize,
  historyAge,
}: RunFlags): HistorySettings | undefined {
  if (historyDir === undefined) return undefined;
  const mostBytes = historySize ?? DEFAULT_HISTORY_BYTES;
  return { directory: historyDir, mostBytes, mostAgeSeconds: historyAge ?? DEFAULT_HISTORY_SECONDS };
}

/** Where measured rates are kept; undefined: nowhere. */
export function seriesDirectory({ seriesDir, historyDir }: RunFlags): string | undefined {
  return seriesDir ?? (historyDir === undefined ? undefined : join(historyDir, 'series'));
}

/** Whether the past is played, in virtual time. */
export function playsThePast(flags: RunFlags): boolean {
  return isPlayed(flags);
}

export function printMode({ json, quiet }: RunFlags): PrintMode {
  if (json === true) return 'json';
  return quiet === true ? 'quiet' : 'changed';
}
