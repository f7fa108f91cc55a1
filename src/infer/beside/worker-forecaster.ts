import type { Worker } from 'node:worker_threads';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { noForecast, type ForecastResult } from '../../domain/forecast.ts';
import type { BackgroundForecaster } from '../../forecast/background-forecaster.ts';
import type { ChainRequest } from '../../forecast/select-forecast.ts';
import {
  createCalendars,
  unpacked,
  type Calendars,
  type WorkerAnswers,
  type WorkerQuestion,
} from './packed-forecast.ts';

export interface WorkerForecasterDeps {
  /** Starts the thread of forecast-worker.ts. */
  readonly start: () => Worker;
  readonly monotonicMs: () => number;
  readonly onFault: (message: string) => void;
}

/** A thread that answers nothing for so long, though it was asked, hangs. The first answers take the longest fits. */
const HANGS_AFTER_SECONDS = 120;
const FIRST_PAUSE_SECONDS = 1;
const MOST_PAUSE_SECONDS = 60;

interface Open {
  readonly request: ChainRequest;
  readonly resolve: (result: ForecastResult) => void;
}

/**
 * One thread, started at once, so that it is warm when it is first asked. A thread that fails or hangs is started again, after a pause that doubles
 * while it keeps failing; whoever waited for it, or asks meanwhile, is told `WorkerFailed`.
 */
export function createWorkerForecaster({
  start,
  monotonicMs,
  onFault,
}: WorkerForecasterDeps): BackgroundForecaster {
  const open = new Map<number, Open>();
  let worker: Worker | undefined;
  let outbox: WorkerQuestion[] = [];
  let calendars = createCalendars();
  let nextId = 0;
  let heardAtMs = 0;
  let pauseSeconds = 0;
  let notBeforeMs = -Infinity;
  let isClosed = false;

  const fail = (failed: Worker, message: string): void => {
    if (failed !== worker) return;
    worker = undefined;
    outbox = [];
    pauseSeconds = Math.min(MOST_PAUSE_SECONDS, Math.max(FIRST_PAUSE_SECONDS, 2 * pauseSeconds));
    notBeforeMs = monotonicMs() + pauseSeconds * MS_PER_SECOND;
    const waited = [...open.values()];
    open.clear();
    if (!isClosed) onFault(`a forecast thread failed (${message}); ${waited.length} forecasts were lost`);
    for (const { request, resolve } of waited) resolve(notMade(request, message));
  };

  const begun = (): Worker => {
    const started = start();
    calendars = createCalendars();
    heardAtMs = monotonicMs();
    started.on('message', (answers: WorkerAnswers) => {
      heardAtMs = monotonicMs();
      pauseSeconds = 0;
      for (const { id, result } of unpacked(answers)) {
        open.get(id)?.resolve(result);
        open.delete(id);
      }
    });
    started.on('error', (error: Error) => fail(started, error.message));
    started.on('exit', (code) => fail(started, `it ended with code ${code}`));
    return started;
  };

  const endWhereItHangs = (): void => {
    if (worker === undefined || open.size === 0) return;
    if (monotonicMs() - heardAtMs < HANGS_AFTER_SECONDS * MS_PER_SECOND) return;
    const hung = worker;
    fail(hung, `no answer for ${HANGS_AFTER_SECONDS} s`);
    void hung.terminate();
  };

  /** All that is asked for in one go is one message. */
  const post = (question: WorkerQuestion): void => {
    if (outbox.push(question) > 1) return;
    queueMicrotask(() => {
      const questions = outbox;
      outbox = [];
      worker?.postMessage(questions);
    });
  };

  worker = begun();
  return {
    forecast(request) {
      endWhereItHangs();
      if (isClosed || (worker === undefined && monotonicMs() < notBeforeMs))
        return Promise.resolve(notMade(request, 'it is started again soon'));
      worker ??= begun();
      if (open.size === 0) heardAtMs = monotonicMs();
      const id = nextId;
      nextId += 1;
      post(questionOf(id, request, calendars));
      return new Promise((resolve) => open.set(id, { request, resolve }));
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}

function questionOf(id: number, asked: ChainRequest, calendars: Calendars): WorkerQuestion {
  const { calendar, ...request } = asked;
  const isKnown = calendars.get(asked.seriesKey) === calendar;
  calendars.set(asked.seriesKey, calendar);
  return { id, request, ...(!isKnown && { calendar }) };
}

function notMade({ models }: ChainRequest, cause: string): ForecastResult {
  return noForecast(models, 'WorkerFailed', `the thread that makes forecasts failed: ${cause}`);
}
