/** What a person should do about it: enable, enable as a floor under what runs today, or not; and why. */
import { durationFromSeconds } from '../domain/duration.ts';
import { percentText, significant } from '../domain/figures.ts';
import { pairedIntervals } from './bootstrap.ts';
import { PRESCALE, type ComparedPolicy, type Comparison } from './compare.ts';
import { equalSlo } from './equal-slo.ts';
import type { Policy } from '../policy/policy.ts';

export const ADVICES = ['Enable', 'EnableAsFloor', 'DoNotEnable'] as const;
export type Advice = (typeof ADVICES)[number];

export interface Verdict {
  readonly advice: Advice;
  /** One sentence each, what speaks for it and what against it. */
  readonly reasons: readonly string[];
}

export interface VerdictInput {
  readonly comparison: Comparison;
  readonly slo: Policy['slo'];
  readonly cost: Policy['cost'];
  readonly seed: number;
}

/** The rival is the HPA that one could have had at best: who beats that one beats the one that runs. */
const RIVALS = ['hpa-tuned', 'static'] as const;

/**
 * Enable: it keeps the objective or is no later than the rival, and is cheaper than the rival at its own lateness (or
 * no setting of the rival is as punctual). As a floor: one of the two. Not: none, or where the rival as played is no
 * later with no more replicas: a floor under it would only cost. A saving whose interval by days
 * includes none is told to be luck as far as this recording can say, and is no reason to enable.
 */
export function verdictOf(input: VerdictInput): Verdict {
  const { comparison, slo } = input;
  const find = (name: string): ComparedPolicy | undefined =>
    comparison.policies.find((policy) => policy.name === name);
  const own = find(PRESCALE);
  const rival = RIVALS.map(find).find((policy) => policy !== undefined);
  if (own === undefined || rival === undefined)
    return { advice: 'DoNotEnable', reasons: ['There is no baseline to compare with.'] };
  const punctual = punctuality(own, rival, slo);
  const cheap = saving(input, own, rival);
  const beaten = beatenBy(own, rival);
  const advice = beaten === undefined ? advise(punctual.holds, cheap.holds) : 'DoNotEnable';
  const findings = [punctual.sentence, cheap.sentence, ...(beaten === undefined ? [] : [beaten])];
  return { advice, reasons: [...serviceTooSlow(comparison.floorRatio, slo), ...findings] };
}

/** Where the service time alone uses up what the objective allows, it is no autoscaler that can help. */
function serviceTooSlow(floorRatio: number, { responseSeconds, objectiveRatio }: Policy['slo']): string[] {
  const allowed = 1 - objectiveRatio;
  if (floorRatio <= allowed) return [];
  const time = durationFromSeconds(responseSeconds);
  return [
    `The service alone, without any wait, takes longer than ${time} for ${percentText(floorRatio)} of the requests, and the objective allows ${percentText(allowed)}: no number of replicas can meet it, a faster service or a longer response time would.`,
  ];
}

function advise(isPunctual: boolean, isCheaper: boolean): Advice {
  if (isPunctual && isCheaper) return 'Enable';
  return isPunctual || isCheaper ? 'EnableAsFloor' : 'DoNotEnable';
}

/** A sentence where the rival, as it was played, is no worse in either; else undefined. */
function beatenBy(own: ComparedPolicy, rival: ComparedPolicy): string | undefined {
  const [ours, theirs] = [own.score, rival.score];
  const isNoLater = theirs.sloViolationRatio <= ours.sloViolationRatio;
  if (!isNoLater || theirs.replicaHours > ours.replicaHours) return undefined;
  const spared = percentText(1 - theirs.replicaHours / ours.replicaHours);
  return spared === percentText(0)
    ? `${rival.name} is no later with as many replica-hours: there is nothing to gain.`
    : `${rival.name} is no later with ${spared} fewer replica-hours: a floor under it would cost more and gain nothing.`;
}

interface Finding {
  readonly holds: boolean;
  readonly sentence: string;
}

function punctuality(own: ComparedPolicy, rival: ComparedPolicy, slo: Policy['slo']): Finding {
  const allowed = 1 - slo.objectiveRatio;
  const late = own.score.sloViolationRatio;
  const rivalLate = rival.score.sloViolationRatio;
  const holds = late <= Math.max(allowed, rivalLate);
  const hair = !holds && percentText(late) === percentText(allowed) ? ', a hair less than that' : '';
  const sentence = `${percentText(late)} of the requests are late, ${percentText(rivalLate)} with ${rival.name}; the objective allows ${percentText(allowed)}${hair}.`;
  return { holds, sentence };
}

function saving(
  { comparison, cost, seed }: VerdictInput,
  own: ComparedPolicy,
  rival: ComparedPolicy,
): Finding {
  const family = rival.name === 'static' ? 'static' : 'hpa';
  const hours = equalSlo(comparison).replicaHours[family] ?? null;
  const name = family === 'hpa' ? 'HPA' : 'constant';
  if (hours === null) {
    const sentence = `No ${name} is as punctual, whatever its setting.`;
    return { holds: true, sentence };
  }
  const saved = 1 - own.score.replicaHours / hours;
  const intervals = pairedIntervals(own.days, rival.days, cost, seed);
  const spread =
    intervals === undefined ? 0 : (intervals.replicaHoursRatio.upper - intervals.replicaHoursRatio.lower) / 2;
  const which = saved >= 0 ? 'fewer' : 'more';
  const figures = `At the same lateness the best ${name} takes ${significant(hours)} replica-hours, prescale ${significant(own.score.replicaHours)}: ${percentText(Math.abs(saved))} ${which}`;
  if (saved > 0 && saved <= spread)
    return {
      holds: false,
      sentence: `${figures}, which may be luck (days differ by ${percentText(spread)}).`,
    };
  return { holds: saved > 0, sentence: `${figures}.` };
}
