import { MS_PER_SECOND } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../metrics-source.ts';
import { startBatch } from './call-deadline.ts';
import { createPartAnswerer } from './batch/answer-parts.ts';
import type { Part } from './batch/group-parts.ts';
import { type Evaluation, evaluationFor, splitEvaluation } from './evaluation-instants.ts';
import type { PrometheusAnswer } from './prometheus-answer.ts';
import { createPrometheusClient, type HttpAnswer, type PrometheusClient } from './prometheus-client.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import { createReplicatedClient } from './replicated-client.ts';

/** What is asked, whichever workloads and metrics ask it. */
type Question = Pick<SeriesRequest, 'query' | 'fromMs' | 'toMs' | 'stepSeconds'>;

/**
 * A Prometheus, or what speaks its API, as a metrics source. Equal questions of a batch are asked once, and those that
 * differ in label values alone in one request; a long range is asked in parts; `concurrency` requests run at a time.
 * Ends with the signal, whatever the server does.
 */
export function createPrometheusSource(config: PrometheusConfig): MetricsSource {
  const { url, replicas, timeoutSeconds } = config;
  const clients = [url, ...replicas].map((one) => createPrometheusClient({ ...config, url: one }));
  const client = createReplicatedClient(clients, timeoutSeconds);
  const answerParts = createPartAnswerer(
    (part, signal) => ask({ client, timeoutSeconds, ...part }, signal),
    config.concurrency,
  );

  const readAll = async (questions: readonly Question[], signal: AbortSignal): Promise<SeriesAnswer[]> => {
    const parts = questions.flatMap((question, index) =>
      partsOf(question).map((evaluation) => ({ index, query: question.query, evaluation })),
    );
    const answers = await answerParts(parts, signal);
    const byQuestion: PrometheusAnswer[][] = questions.map(() => []);
    answers.forEach((answer, at) => {
      const { index, evaluation } = parts[at];
      byQuestion[index].push(withinEvaluation(answer, evaluation));
    });
    return questions.map(({ stepSeconds }, index) => seriesAnswer(byQuestion[index], stepSeconds));
  };

  return {
    async read(requests, signal) {
      const indexByKey = new Map<string, number>();
      const questions: Question[] = [];
      const indexes = requests.map((request) => {
        const key = keyOf(request);
        const index = indexByKey.get(key) ?? questions.push(request) - 1;
        indexByKey.set(key, index);
        return index;
      });
      const batch = startBatch(signal);
      try {
        const answers = await readAll(questions, batch.signal);
        return indexes.map((index) => answers[index]);
      } finally {
        batch.clear();
      }
    },
    resolutionSeconds: () => null,
    close: () => client.close(),
  };
}

function keyOf(question: Question): string {
  const evaluation = evaluationFor(question);
  return `${evaluation?.startMs} ${evaluation?.endMs} ${question.stepSeconds} ${question.query}`;
}

function partsOf(question: Question): Evaluation[] {
  const evaluation = evaluationFor(question);
  return evaluation === undefined ? [] : splitEvaluation(evaluation);
}

interface Asked extends Part {
  readonly client: PrometheusClient;
  readonly timeoutSeconds: number;
}

function ask({ client, timeoutSeconds, query, evaluation }: Asked, signal: AbortSignal): Promise<HttpAnswer> {
  const { startMs, endMs, stepMs } = evaluation;
  // The server gives up when the client does, instead of working on for nobody.
  const common = { query, timeout: durationFromSeconds(timeoutSeconds) };
  return startMs === endMs
    ? client.post('query', { ...common, time: seconds(endMs) }, signal)
    : client.post(
        'query_range',
        { ...common, start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) },
        signal,
      );
}

function seconds(ms: number): string {
  return String(ms / MS_PER_SECOND);
}

/** A source that answers for other times than it was asked for may not be believed, least of all about the future. */
function withinEvaluation(answer: PrometheusAnswer, { startMs, endMs }: Evaluation): PrometheusAnswer {
  if (answer.kind !== 'samples') return answer;
  const { stampsAtMs } = answer;
  const sound = stampsAtMs.every(
    (atMs, index) => atMs >= startMs && atMs <= endMs && (index === 0 || atMs > stampsAtMs[index - 1]),
  );
  return sound ? answer : { kind: 'sourceDown', message: 'the answer is for other times than asked for' };
}

/** The parts' answers as one: a fault in any part is the answer's fault. */
function seriesAnswer(parts: readonly PrometheusAnswer[], stepSeconds: number): SeriesAnswer {
  const fault = parts.find((part) => part.kind !== 'samples');
  if (fault !== undefined) return fault;
  const samples = parts.filter((part) => part.kind === 'samples');
  const stamps = samples.flatMap(({ stampsAtMs }) => stampsAtMs);
  const partialMessage = samples.find(({ warning }) => warning !== null)?.warning ?? null;
  if (stamps.length === 0 && partialMessage === null) return { kind: 'empty' };
  const startsAtMs = Float64Array.from(stamps, (atMs) => atMs - stepSeconds * MS_PER_SECOND);
  const values = Float64Array.from(samples.flatMap((part) => part.values));
  return { kind: 'samples', samples: { startsAtMs, values }, partialMessage };
}
