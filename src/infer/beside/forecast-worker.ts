/**
 * The thread that makes forecasts. What is remembered of a series lives here and nowhere else; it is a cache, so that a
 * thread that begins anew answers the same. Requests come in batches and wait in turn; answers go back as they are made,
 * some at a time.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createModels } from '../../forecast/create-models.ts';
import { createForecastChain, type ChainRequest } from '../../forecast/select-forecast.ts';
import { keepChallengers } from '../keep-challengers.ts';
import { shippedNetwork } from '../shipped-network.ts';
import type { ForecastWorkerData } from './forecast-threads.ts';
import { createCalendars, packed, type WorkerQuestion } from './packed-forecast.ts';
import { stepBehind } from './step-behind.ts';

/** What is made before the answers are sent. */
const MOST_AT_A_TIME = 8;

stepBehind();
const port = parentPort!;
const waiting: { readonly id: number; readonly request: ChainRequest }[] = [];
const calendars = createCalendars();
let isAtWork = false;
const nothing = (): void => undefined;
/** The loop looks at the challengers too, and tells what has become of them. */
const ear = { onTaken: nothing, onGone: nothing, onRefused: nothing };
const kept = keepChallengers(await shippedNetwork(), challengerPath(), ear);
await kept.look(performance.now());
const chain = createForecastChain(createModels(kept.network));

function challengerPath(): string | undefined {
  return (workerData as ForecastWorkerData | null)?.challengerPath;
}

function work(): void {
  const some = waiting.splice(0, MOST_AT_A_TIME);
  const results = chain.forecast(some.map(({ request }) => request));
  const answers = packed(some.map(({ id }, index) => ({ id, result: results[index] })));
  port.postMessage(answers, [answers.rates.buffer as ArrayBuffer]);
  isAtWork = waiting.length > 0;
  if (isAtWork) setImmediate(work);
}

function requestOf({ request, calendar: sent }: WorkerQuestion): ChainRequest {
  const calendar = sent ?? calendars.get(request.seriesKey);
  if (calendar === undefined) throw new Error(`no calendar has come for ${request.seriesKey}`);
  calendars.set(request.seriesKey, calendar);
  return { ...request, calendar };
}

port.on('message', (questions: readonly WorkerQuestion[]) => {
  void kept.look(performance.now());
  for (const question of questions) waiting.push({ id: question.id, request: requestOf(question) });
  if (isAtWork || waiting.length === 0) return;
  isAtWork = true;
  setImmediate(work);
});
