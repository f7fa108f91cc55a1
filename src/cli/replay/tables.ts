/** The tables that the text, the Markdown and the page of a replay have in common: rows of cells, the header first. */
import { durationFromSeconds } from '../../domain/duration.ts';
import { percentText, significant } from '../../domain/figures.ts';
import { PRESCALE, type ComparedPolicy } from '../../replay/compare.ts';
import { equalSlo } from '../../replay/equal-slo.ts';
import type { ReplayReport } from './json.ts';
import { responseTimeText } from './reader-figures.ts';

export interface Table {
  readonly title: string;
  /** So many columns are text, and stand to the left. */
  readonly textColumns: number;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What each came to. */
export function resultsTable({ comparison, currency, responseTimes }: ReplayReport): Table {
  const cells = ({ name, setting, score }: ComparedPolicy): readonly string[] => {
    const times = responseTimes.get(name);
    const { p50Seconds, p95Seconds, p99Seconds } = times ?? {};
    return [
      name,
      setting,
      significant(score.replicaHours),
      percentText(score.sloViolationRatio),
      ...[p50Seconds, p95Seconds, p99Seconds].map((time) =>
        time === undefined ? '' : responseTimeText(time),
      ),
      durationFromSeconds(score.violatedSeconds),
      significant(score.scaleEventsPerDay),
      `${significant(score.cost.total)} ${currency}`,
    ];
  };
  return {
    title: 'what each came to',
    textColumns: 2,
    header: [
      'policy',
      'setting',
      'replica-hours',
      'late',
      'p50',
      'p95',
      'p99',
      'in violation',
      'changes/day',
      'cost',
    ],
    rows: comparison.policies.map(cells),
  };
}

/** SPEC RG elasticity metrics (src/replay/score.ts), by names that say what they are. */
export function elasticityTable({ comparison }: Pick<ReplayReport, 'comparison'>): Table {
  return {
    title:
      'ready replicas against the fewest that meet the objective: share of the time with too few or too many, ' +
      'mean share missing or spare, share of the steps in which they did not move alike (SPEC RG elasticity)',
    textColumns: 1,
    header: ['policy', 'too few', 'missing', 'too many', 'spare', 'unstable'],
    rows: comparison.policies.map(({ name, score }) => [
      name,
      ...[
        score.underProvisionedRatio,
        score.underAccuracyRatio,
        score.overProvisionedRatio,
        score.overAccuracyRatio,
        score.instabilityRatio,
      ].map(percentText),
    ]),
  };
}

/** Everybody at the controller's own lateness; what was worse is said as plainly as what was better. */
export function equalSloTable({ comparison }: Pick<ReplayReport, 'comparison'>): Table {
  const own = comparison.policies.find(({ name }) => name === PRESCALE);
  const families = own === undefined ? [] : Object.entries(equalSlo(comparison).replicaHours);
  const ofOwn = own?.score.replicaHours ?? 0;
  return {
    title: `everybody at prescale's own lateness of ${percentText(own?.score.sloViolationRatio ?? 0)}`,
    textColumns: 1,
    header: ['policy', 'replica-hours', 'prescale takes'],
    rows: families.map(([family, hours]) => {
      if (hours === null) return [family, 'no setting is as punctual', ''];
      const saved = 1 - ofOwn / hours;
      const share = percentText(Math.abs(saved));
      if (share === percentText(0)) return [family, significant(hours), 'as many'];
      return [family, significant(hours), `${share} ${saved >= 0 ? 'fewer' : 'more'}`];
    }),
  };
}

/** How much of each difference is luck; no rows under three days. */
export function luckTable({ intervals }: Pick<ReplayReport, 'intervals'>): Table {
  return {
    title: 'prescale against each as played, 95 % intervals by days',
    textColumns: 1,
    header: ['policy', 'its replica-hours', 'late share, points'],
    rows: [...intervals].map(([name, { replicaHoursRatio, violationDifference }]) => [
      name,
      `${significant(replicaHoursRatio.lower)} to ${significant(replicaHoursRatio.upper)} x`,
      `${points(violationDifference.lower)} to ${points(violationDifference.upper)}`,
    ]),
  };
}

/** A thousandth of a percentage point is no difference to anybody. */
const LEAST_TOLD_DIFFERENCE = 1e-5;

function points(difference: number): string {
  const text = Math.abs(difference) < LEAST_TOLD_DIFFERENCE ? '0' : significant(100 * difference);
  if (text === '0') return text;
  return difference > 0 ? `+${text}` : text;
}
