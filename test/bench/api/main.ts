/**
 * How the API holds under load, and what the load does to the rest of the controller: the product as it is built decides
 * for some workloads, once a second, while it is asked in an open loop at rates that double until it refuses or is late.
 * `npm run bench:api [-- --workloads 10 --seconds 10 --rates 50,100,200,400,800,1600,3200,6400 --kinds reads,questions --json]`
 */
import { Pool } from 'undici';
import { startController, type ControllerProcess } from './controller-process.ts';
import { mixOf, openLoop, quantile, type Asked } from './open-loop.ts';
import { tickCounts, ticksBetween } from './tick-times.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  workloads: { type: 'string', default: '10' },
  seconds: { type: 'string', default: '10' },
  rates: { type: 'string', default: '50,100,200,400,800,1600,3200,6400' },
  kinds: { type: 'string', default: 'reads,questions' },
  json: { type: 'boolean', default: false },
});

const FIRST_RATE = 50;
const ANSWER_MS = 10_000;
/** Probes of /healthz beside the load, on a connection of their own. */
const HEALTH_RATE = 10;

type Kind = 'reads' | 'questions';
interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

function requestsOf(kind: Kind, names: readonly string[]): readonly Request[] {
  const at = (name: string): string => `/api/v1/autoscalers/shop/${name}`;
  if (kind === 'reads')
    return names.flatMap((name): Request[] => [
      { method: 'GET', path: at(name) },
      { method: 'GET', path: `${at(name)}/decisions?limit=10` },
      { method: 'GET', path: `${at(name)}/history?limit=200` },
    ]);
  return names.map((name) => ({
    method: 'POST',
    path: '/api/v1/decisions',
    body: JSON.stringify({ workload: { namespace: 'shop', name }, overrides: { trafficMultiplier: 2 } }),
  }));
}

const nowMs = (): number => performance.now();
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function asker(
  url: string,
  connections: number,
  next: () => Request,
): { ask: () => Promise<number>; pool: Pool } {
  const pool = new Pool(url, { connections, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
  const ask = async (): Promise<number> => {
    const { method, path, body } = next();
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await pool.request({ method, path, headers, ...(body !== undefined && { body }) });
    await answer.body.dump({ limit: Infinity });
    return answer.statusCode;
  };
  return { ask, pool };
}

async function metricsText(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

interface Row {
  readonly kind: Kind;
  readonly ratePerSecond: number;
  readonly answeredRatio: number;
  readonly refusedRatio: number;
  readonly failedRatio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly healthP99Ms: number;
  readonly tickMeanMs: number;
  readonly tickP99AtMostMs: number;
  readonly ticks: number;
  readonly cpuRatio: number;
}

async function measure(controller: ControllerProcess, kind: Kind, ratePerSecond: number): Promise<Row> {
  const seconds = Number(flags.seconds);
  const load = asker(controller.url, 64, mixOf(requestsOf(kind, controller.names), 1));
  const health = asker(controller.url, 4, () => ({ method: 'GET', path: '/healthz' }));
  const before = tickCounts(await metricsText(controller.url));
  const [cpuBefore, beganMs] = [controller.cpuSeconds(), nowMs()];
  const [asked, probed] = await Promise.all([
    openLoop({ ratePerSecond, seconds, ask: load.ask, nowMs, sleep }),
    openLoop({ ratePerSecond: HEALTH_RATE, seconds, ask: health.ask, nowMs, sleep }),
  ]);
  const cpuRatio = (controller.cpuSeconds() - cpuBefore) / ((nowMs() - beganMs) / 1000);
  const ticks = ticksBetween(before, tickCounts(await metricsText(controller.url)));
  await Promise.all([load.pool.destroy(), health.pool.destroy()]);
  return {
    kind,
    ratePerSecond,
    ...sharesOf(asked),
    ...latenciesOf(asked),
    healthP99Ms: quantile(latencies(probed), 0.99),
    tickMeanMs: ticks.meanMs,
    tickP99AtMostMs: ticks.p99AtMostMs,
    ticks: ticks.ticks,
    cpuRatio,
  };
}

function sharesOf(asked: readonly Asked[]) {
  const share = (isIt: (status: Asked['status']) => boolean): number =>
    asked.filter(({ status }) => isIt(status)).length / asked.length;
  return {
    answeredRatio: share((status) => status === 200),
    refusedRatio: share((status) => status === 503),
    failedRatio: share((status) => status !== 200 && status !== 503),
  };
}

const latencies = (asked: readonly Asked[]): number[] => asked.map(({ latencyMs }) => latencyMs);

/** Of what was answered: a refusal is quick and would make the rest look better. */
function latenciesOf(asked: readonly Asked[]) {
  const answered = latencies(asked.filter(({ status }) => status !== 503));
  return {
    p50Ms: quantile(answered, 0.5),
    p99Ms: quantile(answered, 0.99),
    p999Ms: quantile(answered, 0.999),
  };
}

const TITLES =
  '| asked | per second | answered | refused | failed | p50 ms | p99 ms | p99.9 ms | /healthz p99 ms | tick mean ms | tick p99 ≤ ms | CPU |';

function lineOf(row: Row): string {
  const percent = (ratio: number): string => `${(100 * ratio).toFixed(ratio > 0 && ratio < 0.01 ? 2 : 0)} %`;
  const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
  return `| ${[
    row.kind,
    row.ratePerSecond,
    percent(row.answeredRatio),
    percent(row.refusedRatio),
    percent(row.failedRatio),
    ...[row.p50Ms, row.p99Ms, row.p999Ms, row.healthP99Ms, row.tickMeanMs, row.tickP99AtMostMs].map(ms),
    percent(row.cpuRatio),
  ].join(' | ')} |`;
}

const controller = await startController(Number(flags.workloads));
try {
  // History fills, and the engine compiles what it runs.
  await measure(controller, 'reads', FIRST_RATE);
  const idle = tickCounts(await metricsText(controller.url));
  await sleep(Number(flags.seconds) * 1000);
  const alone = ticksBetween(idle, tickCounts(await metricsText(controller.url)));
  if (!flags.json) {
    console.log(
      `${flags.workloads} workloads, ${flags.seconds} s per row; ticks with nobody asking: mean ${alone.meanMs.toFixed(1)} ms, p99 at most ${alone.p99AtMostMs} ms\n`,
    );
    console.log(`${TITLES}\n|${' --- |'.repeat(12)}`);
  }
  for (const kind of flags.kinds.split(',') as Kind[])
    for (const rate of flags.rates.split(',').map(Number)) {
      const row = await measure(controller, kind, rate);
      console.log(flags.json ? JSON.stringify(row) : lineOf(row));
      await sleep(2000);
    }
} finally {
  await controller.stop();
}
