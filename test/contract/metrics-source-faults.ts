import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPrometheusSource } from '../../src/observe/prometheus/prometheus-source.ts';
import { parsePrometheusConfig } from '../../src/observe/prometheus/prometheus-config.ts';
import type { MetricsSource, SeriesAnswer } from '../../src/observe/metrics-source.ts';
import { judgeAnswer } from '../../src/observe/judge-answer.ts';
import { type Fault, FAULTS, type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { WORLD, worldQuery } from './metrics-source.contract.ts';

/** Only what never ends is waited for in vain: the others get the time that a busy machine may need. */
const ENDLESS: ReadonlySet<Fault> = new Set(['hang', 'slowDrip']);
const SHORT_TIMEOUT_MS = 400;
const TIMEOUT_MS = 10_000;
const SLACK_MS = 1000;
const NEVER = new AbortController().signal;
const { workload, arrivalRate } = WORLD;
const STEP_MS = arrivalRate.stepSeconds * 1000;
const SPAN = { fromMs: arrivalRate.startAtMs, toMs: arrivalRate.startAtMs + 10 * STEP_MS };
const REQUEST = {
  workload,
  metric: 'arrivalRate',
  query: worldQuery('arrivalRate'),
  stepSeconds: 60,
  ...SPAN,
} as const;

/** What each fault is an answer of, and what is said about it. */
const ANSWERS: Readonly<Record<Fault, readonly [SeriesAnswer['kind'], RegExp]>> = {
  none: ['samples', /^$/],
  refuse: ['sourceDown', /^connection closed before the answer was complete \(127\.0\.0\.1:\d+\)$/],
  hang: ['sourceDown', /^no answer within 400ms \(127\.0\.0\.1:\d+\)$/],
  empty: ['empty', /^$/],
  notANumber: ['samples', /^$/],
  warning: ['samples', /^store-2 is not reachable$/],
  twoSeries: ['queryRejected', /^query returned 2 series, wants 1: wrap it in sum\(\.\.\.\)$/],
  internalError: ['sourceDown', /^HTTP 500: block is corrupt$/],
  unavailable: ['sourceDown', /^HTTP 503: query timed out$/],
  tooManyRequests: ['sourceDown', /^HTTP 429: too many requests$/],
  badData: ['queryRejected', /^HTTP 400: parse error$/],
  page: ['sourceDown', /^HTTP 200: no answer of Prometheus \(text\/html\)$/],
  garbage: ['sourceDown', /^HTTP 200: no answer of Prometheus \(application\/json\)$/],
  partialBody: ['sourceDown', /^(connection closed before the answer was complete|the answer broke off) \(/],
  slowDrip: ['sourceDown', /^no answer within 400ms/],
  endless: ['sourceDown', /^the answer is longer than 65536 bytes and is none of Prometheus$/],
  redirect: ['sourceDown', /^HTTP 302: no answer of Prometheus/],
};

/** Each fault between the client and a server that holds WORLD is its own answer, in time, and gone with the fault. */
export function prometheusFaults(targetUrl: () => string): void {
  let proxy: FaultProxy;
  let source: MetricsSource;
  let impatient: MetricsSource;
  const sourceWithin = (timeoutMs: number): MetricsSource => {
    const config = { default: { url: proxy.url, timeout: `${timeoutMs}ms`, maxAnswerBytes: 65_536 } };
    return createPrometheusSource(parsePrometheusConfig(config, 'test.yaml')[0]);
  };
  beforeAll(async () => {
    proxy = await startFaultProxy(targetUrl());
    source = sourceWithin(TIMEOUT_MS);
    impatient = sourceWithin(SHORT_TIMEOUT_MS);
  });
  afterAll(async () => {
    await source.close();
    await impatient.close();
    await proxy.close();
  });

  test.each(FAULTS)('%s', async (fault) => {
    const [kind, message] = ANSWERS[fault];
    const asked = ENDLESS.has(fault) ? impatient : source;
    proxy.set(fault);
    const startedMs = performance.now();
    const [answer] = await asked.read([REQUEST], NEVER);
    expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS);
    expect(answer.kind).toBe(kind);
    expect(messageOf(answer)).toMatch(message);
    proxy.set('none');
    await vi.waitFor(async () => {
      const [after] = await asked.read([REQUEST], NEVER);
      expect(after).toMatchObject({ kind: 'samples', partialMessage: null });
    }, TIMEOUT_MS);
  });

  test.each([
    ['notANumber', 'notANumber'],
    ['warning', 'partial'],
    ['empty', 'empty'],
    ['none', 'value'],
  ] as const)('%s is judged as %s', async (fault, kind) => {
    proxy.set(fault);
    const [answer] = await source.read([REQUEST], NEVER);
    const freshness = { delaySeconds: 0, staleAfterSeconds: 120 };
    expect(judgeAnswer(answer, { nowMs: SPAN.toMs, stepSeconds: 60, freshness }).kind).toBe(kind);
  });

  test('a signal ends a batch that hangs, all of it at once', async () => {
    proxy.set('hang');
    const stop = new AbortController();
    const requests = Array.from({ length: 30 }, (_, index) => ({ ...REQUEST, toMs: REQUEST.toMs - index }));
    const reading = source.read(requests, stop.signal);
    const startedMs = performance.now();
    setTimeout(() => stop.abort(), 50);
    const answers = await reading;
    expect(performance.now() - startedMs).toBeLessThan(SLACK_MS);
    expect(new Set(answers.map(messageOf))).toEqual(
      new Set([expect.stringMatching(/^no answer before the time for it was over/) as string]),
    );
  });
}

function messageOf(answer: SeriesAnswer): string {
  if (answer.kind === 'samples') return answer.partialMessage ?? '';
  return answer.kind === 'empty' ? '' : answer.message;
}
