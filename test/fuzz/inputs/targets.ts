/** The five doors through which input that nobody vouches for comes in, and what is sent through each. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { createLeaseStore } from '../../../src/cluster/lease-store.ts';
import { DEFAULT_LEASE_PARAMS, nextLeaseAction } from '../../../src/control/leader/next-lease-action.ts';
import { PrescaleError } from '../../../src/domain/errors.ts';
import type { LeaseRecord } from '../../../src/domain/lease.ts';
import type { Random } from '../../../src/domain/random.ts';
import { networkFrom } from '../../../src/infer/artefact.ts';
import { parseAnswer, parseSeriesBy } from '../../../src/observe/prometheus/parse-answer.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicyText } from '../../../src/policy/policy-text.ts';
import { mutatedBytes, mutatedValue, pick } from './mutate.ts';

/** What became of a case: taken, or refused in so many words. */
export interface CaseResult {
  readonly kind: 'taken' | 'refused';
  readonly message: string;
}

export interface Target {
  /** The bytes of a case. */
  make(random: Random): Buffer;
  /** Throws where the input breaks something: a refusal is a value. */
  feed(bytes: Buffer): Promise<CaseResult>;
}

const TAKEN: CaseResult = { kind: 'taken', message: '' };

/** Both `PrescaleError`s and what a fault of its own kind says are clear refusals; everything else is a crash. */
function refusalOf(error: unknown): CaseResult {
  if (error instanceof PrescaleError && error.code !== 'internal')
    return { kind: 'refused', message: error.message };
  throw error;
}

const CHECKOUT_TEXT = readFileSync(new URL('../../../deploy/demo/checkout.yaml', import.meta.url), 'utf8');
const FULL_POLICY = {
  apiVersion: 'prescale.dev/v1alpha1',
  kind: 'PredictiveAutoscaler',
  metadata: { namespace: 'shop', name: 'cart', annotations: { 'prescale.dev/paused': 'true' } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart' },
    mode: 'Scale',
    minReplicas: 2,
    maxReplicas: 60,
    metrics: { delay: '30s', staleAfter: '2m', arrivalRate: { query: 'sum(rate(x[1m]))' } },
    capacity: {
      serviceRateRps: 25,
      serversPerReplica: 8,
      startupTime: '90s',
      warmUp: { duration: '1m', initialRatio: 0.5 },
    },
    slo: { responseTime: '250ms', objective: 0.99 },
    cost: { replicaHour: 0.12, violation: 0.0004, switching: 0.001, currency: 'USD' },
    forecast: {
      horizon: '15m',
      step: '1m',
      lookback: '14d',
      models: ['arima', 'naive'],
      minConfidence: 0.8,
      class: 'web',
    },
    timeZone: 'Europe/Berlin',
    events: [
      {
        name: 'sale',
        start: '2026-11-27T00:00:00Z',
        end: '2026-11-28T00:00:00Z',
        arrivalRateMultiplier: 2.5,
      },
      { name: 'batch', schedule: '0 8 * * MON-FRI', duration: '1h', arrivalRateMultiplier: 1.5 },
    ],
    chaos: { safetyFactor: 1.2, scenarios: [{ name: 'zone', probability: 0.01, recovery: '1h', zones: 3 }] },
    dependencies: [{ name: 'db', limitPerReplica: 10, capacity: 500 }],
    dependsOn: [{ name: 'front', ratio: 1.4 }],
    budget: { group: 'web', maxReplicas: 90 },
    hooks: {
      before: { url: 'https://hooks.example.com/drain', timeout: '5s' },
      after: { url: 'http://cache.shop.svc/warm' },
    },
    behavior: {
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }],
      },
    },
  },
};

const policies: Target = {
  make(random) {
    if (random() < 0.4) return mutatedBytes(Buffer.from(CHECKOUT_TEXT), random);
    const value = mutatedValue(FULL_POLICY, random);
    const text = random() < 0.5 ? JSON.stringify(value) : stringify(value);
    return random() < 0.8 ? Buffer.from(text) : mutatedBytes(Buffer.from(text), random);
  },
  feed(bytes) {
    try {
      for (const document of parsePolicyText(bytes.toString('utf8'))) compilePolicy(document);
      return Promise.resolve(TAKEN);
    } catch (error) {
      return Promise.resolve(refusalOf(error));
    }
  },
};

const START = Date.UTC(2026, 0, 5);
const CSV = [
  'timestamp,arrival_rate_rps,latency_seconds,replicas',
  ...Array.from(
    { length: 60 },
    (_, k) => `${new Date(START + k * 60_000).toISOString()},${100 + k},0.${k},${5 + (k % 3)}`,
  ),
].join('\n');
const MATRIX = {
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: { __name__: 'arrival_rate_rps', app: 'checkout' },
        values: Array.from({ length: 60 }, (_, k) => [START / 1000 + 60 * k, String(100 + k)]),
      },
    ],
  },
};

const recordings: Target = {
  make(random) {
    const text =
      random() < 0.5 ? CSV : JSON.stringify(random() < 0.5 ? MATRIX : mutatedValue(MATRIX, random));
    const changed = mutatedBytes(Buffer.from(text), random);
    if (random() > 0.15) return changed;
    return random() < 0.5 ? gzipSync(changed) : mutatedBytes(gzipSync(Buffer.from(text)), random);
  },
  async feed(bytes) {
    try {
      await loadRecording({ name: 'fuzz', stream: Readable.from([bytes]) });
      return TAKEN;
    } catch (error) {
      return refusalOf(error);
    }
  },
};

const ENVELOPES = [
  MATRIX,
  { status: 'error', errorType: 'bad_data', error: 'parse error at char 5' },
  {
    status: 'success',
    warnings: ['one store is missing'],
    data: { resultType: 'vector', result: [{ metric: {}, value: [1, '2'] }] },
  },
  { status: 'success', isPartial: true, data: { resultType: 'scalar', result: [1, 'NaN'] } },
  { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] } },
];

const answers: Target = {
  make(random) {
    const text = JSON.stringify(mutatedValue(pick(random, ENVELOPES), random));
    return random() < 0.6 ? Buffer.from(text) : mutatedBytes(Buffer.from(text), random);
  },
  feed(body) {
    const status = [200, 200, 200, 400, 422, 503][body.length % 6];
    const answer = {
      kind: 'response',
      status,
      contentType: 'application/json',
      body,
      tooLong: false,
    } as const;
    const one = parseAnswer(answer);
    const split = parseSeriesBy(answer, (metric) => JSON.stringify(metric['app']) ?? '');
    if (split.kind === 'split') split.of('"checkout"');
    return Promise.resolve(one.kind === 'samples' ? TAKEN : { kind: 'refused', message: one.message });
  },
};

const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    namespace: 'n',
    name: 'prescale',
    uid: 'u',
    resourceVersion: '7',
    annotations: { 'prescale.dev/holder-url': 'https://10.0.0.1:8080' },
  },
  spec: {
    holderIdentity: 'other',
    leaseDurationSeconds: 15,
    acquireTime: '2026-11-26T08:00:00.000000Z',
    renewTime: '2026-11-26T08:00:10.000000Z',
    leaseTransitions: 3,
  },
};

/** The API server takes numbers alone. */
function refuseUnfit({ acquiredAtMs, transitions, durationSeconds }: LeaseRecord): void {
  for (const value of [acquiredAtMs, transitions, durationSeconds])
    if (!Number.isFinite(value)) throw new TypeError(`would write ${value} into the Lease`);
}

const leases: Target = {
  make: (random) => Buffer.from(JSON.stringify(mutatedValue(LEASE, random)) ?? 'null'),
  async feed(bytes) {
    const client = {
      call: () => Promise.resolve({ kind: 'ok', body: JSON.parse(bytes.toString('utf8')) as unknown }),
    } as unknown as ApiClient;
    const { signal } = new AbortController();
    try {
      const stored = await createLeaseStore(client, { namespace: 'n', name: 'prescale' }).read(signal);
      const observed = { stored, seenAtMs: 1000 };
      const candidate = { identity: 'me', nowMs: START, monotonicMs: 5000 };
      const action = nextLeaseAction(observed, candidate, DEFAULT_LEASE_PARAMS);
      if (action.kind === 'write') refuseUnfit(action.record);
      return TAKEN;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('lease n/prescale: '))
        return { kind: 'refused', message: error.message };
      throw error;
    }
  },
};

const NETWORK: unknown = JSON.parse(
  readFileSync(new URL('../../../models/lstm.json', import.meta.url), 'utf8'),
);

const artefacts: Target = {
  make(random) {
    const text = JSON.stringify(mutatedValue(NETWORK, random));
    return random() < 0.6 ? Buffer.from(text) : mutatedBytes(Buffer.from(text), random);
  },
  feed(bytes) {
    let json: unknown;
    try {
      json = JSON.parse(bytes.toString('utf8'));
    } catch {
      return Promise.resolve({ kind: 'refused', message: 'no JSON' });
    }
    try {
      networkFrom(json, 'models/fuzz.json');
      return Promise.resolve(TAKEN);
    } catch (error) {
      return Promise.resolve(refusalOf(error));
    }
  },
};

export const TARGETS = { policies, recordings, answers, leases, artefacts } as const satisfies Record<
  string,
  Target
>;
export type TargetName = keyof typeof TARGETS;
export const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];
