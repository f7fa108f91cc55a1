import { percentText, significant } from '../../domain/figures.ts';
import type { CostPolicy } from '../../policy/policy.ts';
import type { RunScore } from '../../replay/score.ts';
import type { TunedChoice, Tuning, TuningVerdict } from '../../replay/tuning/tune.ts';

export interface ToldTuning {
  readonly recording: string;
  readonly tuning: Tuning;
  /** The file; null: nothing was written. */
  readonly written: string | null;
}

const VERDICTS: Readonly<Record<TuningVerdict, string>> = {
  Proven: 'proven: better on the rest of the recording too',
  NotProven: 'not proven: what was better on the first part is not on the rest; keep the policy as it is',
  NothingBetter: 'nothing is better than the policy as it is',
};

/** Where the days of the rest do not agree. */
const LUCK = ', but not on so many of its days that it could not be luck';

export function tuningText(told: ToldTuning, cost: CostPolicy): string {
  const { recording, tuning, written } = told;
  const { choices, given, tuned, verdict, intervals } = tuning;
  const line = (label: string, score: RunScore): string => `  ${label.padEnd(22)} ${scoreText(score, cost)}`;
  const ratio = intervals?.costRatio ?? intervals?.replicaHoursRatio;
  const lines = [
    `${recording}: searched on the three eighths after its first quarter, proven on the last three`,
    ...choices.map((choice) => `  ${choiceText(choice, cost)}`),
    line('as given, searched', given.searched),
    ...(choices.length === 0 ? [] : [line('tuned, searched', tuned.searched)]),
    line('as given, the rest', given.proven),
    ...(choices.length === 0 ? [] : [line('tuned, the rest', tuned.proven)]),
    ...(ratio
      ? [
          `  on the rest, by days:  ${significant(ratio.lower)} to ${significant(ratio.upper)} x of what it was (95 %)`,
        ]
      : []),
    `verdict: ${VERDICTS[verdict]}${mayBeLuck(told.tuning) ? LUCK : ''}`,
    ...(written === null ? [] : [`written to ${written}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Cheaper in all, and of the days as they may be drawn not in 95 %. */
function mayBeLuck({ verdict, intervals }: Tuning): boolean {
  const ratio = intervals?.costRatio ?? intervals?.replicaHoursRatio;
  return verdict === 'Proven' && ratio !== undefined && ratio.lower < 1 && ratio.upper >= 1;
}

/** One change and what it brought where it was searched. */
export function choiceText({ path, from, to, before, after }: TunedChoice, cost: CostPolicy): string {
  return `${path.join('.')}: ${from} -> ${to} (${scoreText(before, cost)} -> ${scoreText(after, cost)})`;
}

function scoreText(score: RunScore, cost: CostPolicy): string {
  const price = cost.perReplicaHour === null ? '' : `${significant(score.cost.total)} ${cost.currency}, `;
  return `${price}${significant(score.replicaHours)} replica-hours, ${percentText(score.sloViolationRatio)} late`;
}

export function tuningJson({ recording, tuning, written }: ToldTuning): object {
  const choices = tuning.choices.map(({ path, ...choice }) => ({ path: path.join('.'), ...choice }));
  return { recording, ...tuning, choices, written };
}
