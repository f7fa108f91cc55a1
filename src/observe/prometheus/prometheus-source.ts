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

type Span = Pick<SeriesRequest, 'fromMs' | 'toMs' | 'stepSeconds'>;

/** When to ask for a span, in as few requests as there have to be; none where it holds no whole slot. */
interface SpanAsked extends Span {
  readonly key: string;
  readonly evaluations: readonly Evaluation[];
}

/** What is asked, whichever workloads and metrics ask it. */
interface Question {
  readonly query: string;
  readonly span: SpanAsked;
}

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
    const parts: Part[] = [];
    // Of each question, where its parts end.
    const ends = questions.map(({ query, span }) => {
      for (const evaluation of span.evaluations) parts.push({ query, evaluation });
      return parts.length;
    });
    const answers = await answerParts(parts, signal);
    const sound = answers.map((answer, at) => withinEvaluation(answer, parts[at].evaluation));
    return questions.map(({ span }, index) =>
      seriesAnswer(sound.slice(index === 0 ? 0 : ends[index - 1], ends[index]), span.stepSeconds),
    );
  };

  return {
    async read(requests, signal) {
      const places = new Map<string, Map<string, number>>();
      const questions: Question[] = [];
      const spanOf = spansAsked();
      const indexes = requests.map((request) => {
        const { query } = request;
        const span = spanOf(request);
        const ofSpan = places.get(span.key) ?? new Map<string, number>();
        if (ofSpan.size === 0) places.set(span.key, ofSpan);
        const place = ofSpan.get(query) ?? questions.push({ query, span }) - 1;
        ofSpan.set(query, place);
        return place;
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

/** Most requests of a batch ask for the same span as the one before: it is the same object then. */
function spansAsked(): (span: Span) => SpanAsked {
  let last: SpanAsked | undefined;
  return ({ fromMs, toMs, stepSeconds }) => {
    if (last?.fromMs === fromMs && last.toMs === toMs && last.stepSeconds === stepSeconds) return last;
    const evaluation = evaluationFor({ fromMs, toMs, stepSeconds });
    const key = `${evaluation?.startMs} ${evaluation?.endMs} ${stepSeconds}`;
    const evaluations = evaluation === undefined ? [] : splitEvaluation(evaluation);
    return (last = { fromMs, toMs, stepSeconds, key, evaluations });
  };
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
  const whole = parts.length === 1 ? parts[0] : joinedInTime(parts);
  if (whole.kind !== 'samples') return whole;
  const { stampsAtMs, values, warning } = whole;
  if (stampsAtMs.length === 0 && warning === null) return { kind: 'empty' };
  const startsAtMs = stampsAtMs.map((atMs) => atMs - stepSeconds * MS_PER_SECOND);
  return { kind: 'samples', samples: { startsAtMs, values }, partialMessage: warning };
}

function joinedInTime(parts: readonly PrometheusAnswer[]): PrometheusAnswer {
  const fault = parts.find((part) => part.kind !== 'samples');
  if (fault !== undefined) return fault;
  const samples = parts.filter((part) => part.kind === 'samples');
  return {
    kind: 'samples',
    stampsAtMs: samples.flatMap(({ stampsAtMs }) => stampsAtMs),
    values: samples.flatMap(({ values }) => values),
    warning: samples.find(({ warning }) => warning !== null)?.warning ?? null,
  };
}
