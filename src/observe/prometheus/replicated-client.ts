import { setTimeout as pause } from 'node:timers/promises';
import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';
import type { HttpAnswer, PrometheusClient } from './prometheus-client.ts';
import { createReplicaHealth, type ReplicaHealth } from './replica-health.ts';

interface Replica {
  readonly client: PrometheusClient;
  readonly health: ReplicaHealth;
  isProbed: boolean;
}

type RealTime = Pick<Clock, 'monotonicMs' | 'sleep'>;

/** A server is slow in real time, whatever clock the loop follows. */
const REAL_TIME: RealTime = {
  monotonicMs: () => performance.now(),
  sleep: (seconds, signal) => pause(seconds * MS_PER_SECOND, undefined, { signal }).catch(() => undefined),
};

type Post = Parameters<PrometheusClient['post']>;
type Call = readonly [endpoint: Post[0], form: Post[1]];

/** Before its latency is known, and at least: a hedge much sooner than an answer can come is waste. */
const FIRST_HEDGE_MS = 500;
const LEAST_HEDGE_MS = 20;
/** Hedges that may be sent at once, and what each request adds to them: in the long run one in ten. */
const MOST_HEDGES = 10;
const HEDGES_PER_REQUEST = 0.1;

/**
 * One source behind several addresses, asked in their order. Who has not answered after the 95th percentile of its own
 * answers is hedged: the next one is asked too, and the first good answer counts (Dean and Barroso, The Tail at Scale,
 * CACM 56(2), 2013). Who fails is followed by the next at once. Who keeps us waiting time and again is not waited for
 * any more (replica-health.ts): beside the others one request at a time is still sent to it, for nobody, and its first
 * answer brings it back. So no tick waits for a source that is known to hang, with one address or with many.
 */
export function createReplicatedClient(
  clients: readonly PrometheusClient[],
  timeoutSeconds: number,
  time: RealTime = REAL_TIME,
): PrometheusClient {
  const replicas: readonly Replica[] = clients.map((client) => ({
    client,
    health: createReplicaHealth(),
    isProbed: false,
  }));
  const ended = new AbortController();
  let hedgesLeft = MOST_HEDGES;

  const ask = async (replica: Replica, call: Call, signal: AbortSignal): Promise<HttpAnswer> => {
    const beganMs = time.monotonicMs();
    const answer = await replica.client.post(...call, signal);
    const nowMs = time.monotonicMs();
    if (answer.kind === 'response') replica.health.answered(nowMs - beganMs);
    else if (answer.timedOut || signal.aborted) replica.health.missed(nowMs);
    return answer;
  };

  const probe = (replica: Replica, call: Call): void => {
    if (replica.isProbed) return;
    replica.isProbed = true;
    void ask(replica, call, ended.signal).finally(() => (replica.isProbed = false));
  };

  /** When the next one is to be asked too; never, where hedges are used up or there is none. */
  const hedge = async ({ health }: Replica, signal: AbortSignal): Promise<'hedge'> => {
    const longestMs = (timeoutSeconds * MS_PER_SECOND) / 2;
    const waitMs = Math.max(LEAST_HEDGE_MS, health.p95Ms() ?? FIRST_HEDGE_MS);
    await time.sleep(Math.min(waitMs, longestMs) / MS_PER_SECOND, signal);
    if (signal.aborted || hedgesLeft < 1) return new Promise(() => undefined);
    hedgesLeft -= 1;
    return 'hedge';
  };

  /** Asks the first of them, and the others as they are needed; the first good answer, else the last bad one. */
  const askInTurn = async (
    [first, ...others]: readonly Replica[],
    call: Call,
    signal: AbortSignal,
  ): Promise<HttpAnswer> => {
    const asked = ask(first, call, signal);
    if (others.length === 0) return asked;
    const early = await Promise.race([asked, hedge(first, signal)]);
    if (early === 'hedge') return firstGood(asked, askInTurn(others, call, signal));
    return isGood(early) || signal.aborted ? early : askInTurn(others, call, signal);
  };

  /** Who has not answered by then is told to stop. */
  const race = async (asked: readonly Replica[], call: Call, parent: AbortSignal): Promise<HttpAnswer> => {
    const done = new AbortController();
    const stop = (): void => done.abort();
    parent.addEventListener('abort', stop, { once: true });
    if (parent.aborted) stop();
    try {
      return await askInTurn(asked, call, done.signal);
    } finally {
      parent.removeEventListener('abort', stop);
      stop();
    }
  };

  return {
    post(endpoint, form, signal) {
      hedgesLeft = Math.min(MOST_HEDGES, hedgesLeft + HEDGES_PER_REQUEST);
      const call: Call = [endpoint, form];
      for (const replica of replicas) if (replica.health.isOpen()) probe(replica, call);
      const asked = replicas.filter(({ health }) => !health.isOpen());
      return asked.length === 0 ? Promise.resolve(NOT_WAITED_FOR) : race(asked, call, signal);
    },
    async close() {
      ended.abort();
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

const NOT_WAITED_FOR: HttpAnswer = {
  kind: 'failed',
  message:
    'it has not answered in time again and again: it is tried beside the ticks, and used again once it answers',
  timedOut: false,
};

/** A word on the query is as good as an answer; what is the server's own fault another one may not have. */
function isGood(answer: HttpAnswer): boolean {
  return answer.kind === 'response' && answer.status < 500 && answer.status !== 429;
}

function firstGood(one: Promise<HttpAnswer>, other: Promise<HttpAnswer>): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let open = 2;
    const take = (answer: HttpAnswer): void => {
      open -= 1;
      if (isGood(answer) || open === 0) resolve(answer);
    };
    void one.then(take);
    void other.then(take);
  });
}
