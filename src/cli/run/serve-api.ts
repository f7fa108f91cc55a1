import type { RequestHandler } from 'express';
import { createApp, createProbeApp } from '../../api/app.ts';
import type { DecisionFeed, FleetReader, HistoryReader, TrendReader } from '../../api/ports.ts';
import { forwardToOwner, type ForwardDeps } from '../../api/forward/forward-to-owner.ts';
import { answerTogether, type TogetherDeps } from '../../api/forward/answer-together.ts';
import { createPeerAgent, type PeerAgent } from '../../api/forward/peer-agent.ts';
import { startServer, type ApiServer } from '../../api/server.ts';
import { THIS_THREAD } from '../../api/this-thread.ts';
import type { DecisionRing } from '../../control/decision-ring.ts';
import type { Fleet } from '../../control/fleet.ts';
import type { ForecastChain } from '../../forecast/select-forecast.ts';
import { decideWhatIf } from '../../control/what-if.ts';
import { packageVersion } from '../package-version.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { openGate, type GateDeps } from './api-gate.ts';
import type { ListenFlag } from './listen-flag.ts';
import { openCertificate, type CertificateFlags } from './open-certificate.ts';

/** For answers that are under way when the API is closed. */
export const CLOSE_GRACE_SECONDS = 2;

/** For who looks on and was away for a moment: a minute of 250 workloads. Twice as many at most, about 7 kB each. */
export const FED_DECISIONS_KEPT = 1000;

/** What needs no token, on all addresses. Throws an error that names --probes where it cannot listen. */
export async function serveProbes(
  { metrics, notReadyBecause, logger }: Pick<ServeDeps, 'metrics' | 'notReadyBecause' | 'logger'>,
  port: number,
): Promise<ApiServer> {
  const app = createProbeApp({
    metrics: metrics.registry,
    notReadyBecause,
    onInternalError: (error) => logger.error({ error: textOf(error) }, 'request failed'),
  });
  try {
    return await startServer(app, { host: null, port });
  } catch (error) {
    throw cannotListen(`--probes ${port}`, error);
  }
}

export interface ServeDeps {
  readonly fleet: Fleet;
  readonly ring: DecisionRing;
  readonly history: HistoryReader;
  readonly trend: TrendReader;
  readonly forecaster: ForecastChain;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly notReadyBecause: () => string | null;
}

/** Where the API answers, and whom. */
export interface ApiAccess extends CertificateFlags, Omit<GateDeps, 'logger'> {
  readonly listen: ListenFlag;
  /** Where there are other replicas. */
  readonly peer?: PeerAccess;
}

/** One owner of all workloads, or an owner of each namespace. */
export type PeerAccess =
  Pick<ForwardDeps, 'owner' | 'identity' | 'decidingSinceMs'> | Pick<TogetherDeps, 'shared' | 'identity'>;

/** The decision API over what the loop decides. Throws an error that names --listen where it cannot listen. */
export async function serveApi(deps: ServeDeps, feed: DecisionFeed, access: ApiAccess): Promise<ApiServer> {
  const { listen } = access;
  const certificate = await openCertificate(access, deps);
  const peers = createPeerAgent(certificate);
  const app = createApp({
    version: packageVersion(),
    thread: THIS_THREAD,
    fleet: readerOf(deps),
    feed,
    history: deps.history,
    trend: deps.trend,
    gate: await openGate({ ...access, logger: deps.logger }),
    forward: access.peer && forwardOf(access.peer, peers, deps),
    metrics: deps.metrics.registry,
    notReadyBecause: deps.notReadyBecause,
    whatIf: (question) => decideWhatIf(deps.forecaster, question),
    onInternalError: (error) => deps.logger.error({ error: textOf(error) }, 'request failed'),
  });
  try {
    const server = await startServer(app, listen, { certificate });
    return {
      ...server,
      async close(graceSeconds) {
        await server.close(graceSeconds);
        await peers.close();
      },
    };
  } catch (error) {
    throw cannotListen(`--listen ${listen.host}:${listen.port}`, error);
  }
}

function forwardOf(peer: PeerAccess, peers: PeerAgent, { logger }: ServeDeps): RequestHandler {
  const onFault = (error: unknown): void =>
    logger.warn({ error: textOf(error) }, 'the owner of the workloads does not answer');
  return 'shared' in peer
    ? answerTogether({ ...peer, peers, onFault })
    : forwardToOwner({ ...peer, peers, onFault });
}

function readerOf({ fleet, ring }: ServeDeps): FleetReader {
  return {
    policies: () => fleet.members().map((member) => member.policy),
    policy: (workload) => fleet.member(workload)?.policy,
    list: (workload, options) => ring.list(workload, options),
    get: (workload, id) => ring.get(workload, id),
    ledger: (workload) => fleet.member(workload)?.counterfactual?.ledger(),
  };
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another program listens there; give another port, such as --listen 127.0.0.1:0 for any free one',
  EACCES: 'no permission to listen there; give a port above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

function cannotListen(flag: string, error: unknown): PrescaleError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new PrescaleError('internal', `${flag}: ${LISTEN_FAULTS[code] ?? message}`, {
    cause: error,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
