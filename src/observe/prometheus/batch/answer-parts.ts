import { mapConcurrently } from '../map-concurrently.ts';
import { parseSeriesBy } from '../parse-answer.ts';
import { down, type PrometheusAnswer } from '../prometheus-answer.ts';
import type { HttpAnswer } from '../prometheus-client.ts';
import { createGroupLimit } from './group-limit.ts';
import { answerWhole, type AskPart } from './answer-whole.ts';
import { groupParts, halves, type Part, type PartGroup, valuesKey } from './group-parts.ts';
import { type QueryTemplate, templateOf } from './query-template.ts';

/** Points of one answer: about 7 MB of JSON. */
const MAX_GROUP_POINTS = 200_000;
const NO_TIME = 'no answer before the time for it was over';
const GIVEN_UP: readonly number[] = [503, 504];
/** Who asks for more instants asks for the past of a workload that is new. */
const MOST_RECENT_INSTANTS = 1000;
/** Queries whose templates are kept; a fleet asks the same ones at every tick. */
const MAX_KEPT_TEMPLATES = 200_000;

/** What is asked for in one go; `answers` has the places of `parts`. */
interface Batch {
  readonly parts: readonly Part[];
  readonly answers: PrometheusAnswer[];
  readonly signal: AbortSignal;
}

/**
 * Answers in the order of the parts, `concurrency` requests at a time: one request for all parts that differ in label
 * values alone. A query that is refused for many is asked for each half of them, so that in the end the refusal is told
 * to those alone who deserve it, and for one of them in parts of its time (answer-whole.ts). What is recent comes first, then the past, workload by workload; how much of it is
 * asked for is for who asks (src/control/first-reads.ts). What has been answered when the signal ends it is told.
 */
export function createPartAnswerer(
  ask: AskPart,
  concurrency: number,
): (parts: readonly Part[], signal: AbortSignal) => Promise<readonly PrometheusAnswer[]> {
  const limit = createGroupLimit();
  const template = keptTemplates();

  const answerGroup = async (group: PartGroup, batch: Batch): Promise<void> => {
    const { query, evaluation, members, tellApart } = group;
    const { answers, signal } = batch;
    if (tellApart === null) {
      answers[members[0]] = await answerWhole(ask, { query, evaluation }, signal);
      return;
    }
    const answer = await ask({ query, evaluation }, signal);
    const split = parseSeriesBy(answer, (metric) =>
      valuesKey(tellApart.labels.map((label) => labelText(metric[label]))),
    );
    if (split.kind === 'queryRejected') return answerHalves(group, batch);
    if (tookTooLong(answer)) limit.tooMany(members.length);
    if (split.kind === 'sourceDown') {
      for (const at of members) answers[at] = split;
      return;
    }
    limit.answered(members.length);
    for (const [values, at] of tellApart.memberByValues) answers[at] = split.of(values);
  };

  const answerHalves = async (group: PartGroup, batch: Batch): Promise<void> => {
    for (const half of halves(batch.parts, group, template)) await answerGroup(half, batch);
    // Nothing was wrong with any of them: it was their number (too many samples, too long a query).
    const isSound = group.members.every((at) => batch.answers[at].kind === 'samples');
    if (isSound) limit.tooMany(group.members.length);
  };

  return async (parts, signal) => {
    const groups = groupParts(parts, template, {
      maxMembers: limit.maxMembers(),
      maxPoints: MAX_GROUP_POINTS,
    });
    const answers = new Array<PrometheusAnswer>(parts.length);
    await mapConcurrently(inTurn(groups), concurrency, async (group) => {
      if (signal.aborted) for (const at of group.members) answers[at] = down(NO_TIME);
      else await answerGroup(group, { parts, answers, signal });
    });
    return answers;
  };
}

/** What is recent first; then the past, all parts of one workload close to each other. */
function inTurn(groups: readonly PartGroup[]): readonly PartGroup[] {
  const past = groups.filter(isPast).sort((a, b) => a.members[0] - b.members[0]);
  return [...groups.filter((group) => !isPast(group)), ...past];
}

function isPast({ evaluation: { startMs, endMs, stepMs } }: PartGroup): boolean {
  return (endMs - startMs) / stepMs > MOST_RECENT_INSTANTS;
}

/** A label's value is a text; anything else is none that was asked for. */
function labelText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Also where the server or what stands before it gave up first. */
function tookTooLong(answer: HttpAnswer): boolean {
  return answer.kind === 'failed' ? answer.timedOut : GIVEN_UP.includes(answer.status);
}

function keptTemplates(): (query: string) => QueryTemplate | null {
  const kept = new Map<string, QueryTemplate | null>();
  return (query) => {
    const known = kept.get(query);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT_TEMPLATES) kept.clear();
    const template = templateOf(query);
    kept.set(query, template);
    return template;
  };
}
