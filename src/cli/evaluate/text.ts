import { durationFromSeconds } from '../../domain/duration.ts';
import type { EvaluatedName, ModelScore } from '../../forecast/rolling-origin.ts';

/** Scores of one recording at one step. */
export interface EvaluatedRecording {
  readonly recording: string;
  readonly stepSeconds: number;
  readonly horizonSeconds: number;
  readonly origins: number;
  readonly models: ReadonlyMap<EvaluatedName, ModelScore>;
}

const HEADER = [
  'model',
  'MASE',
  'WQL',
  'WQL/s-naive',
  'WQL/naive',
  'in 90 %',
  '<= q95',
  '±10 %',
  'bias',
  'none',
  'fit s',
  'ms',
];

/** One table a recording: a row per model. */
export function recordingText(one: EvaluatedRecording): string {
  const title = `${one.recording}  step ${durationFromSeconds(one.stepSeconds)}, ${durationFromSeconds(one.horizonSeconds)} ahead, ${one.origins} origins`;
  const rows = [...one.models].map(([name, score]) => [
    name,
    fixed(score.maseRatio, 3),
    fixed(score.wqlRatio, 4),
    fixed(wqlAgainst(one, name, 'seasonal-naive'), 3),
    fixed(wqlAgainst(one, name, 'naive'), 3),
    percent(score.coverage90Ratio),
    percent(score.upper95Ratio),
    percent(score.within10PercentRatio),
    percent(score.biasRatio),
    percent(score.unavailableRatio),
    fixed(score.fitSeconds, 2),
    fixed(score.forecastSecondsP50 * 1000, 2),
  ]);
  const weights = [...one.models].flatMap(([name, score]) =>
    score.weights ? [`weights of ${name}: ${weightsText(score.weights)}\n`] : [],
  );
  return `${title}\n${tableText([HEADER, ...rows])}\n${weights.join('')}`;
}

function weightsText(weights: NonNullable<ModelScore['weights']>): string {
  return Object.entries(weights)
    .map(([expert, ratio]) => `${expert} ${percent(ratio)}`)
    .join(', ');
}

/** Geometric means over the recordings of each model's WQL as a ratio to the two baselines. */
export function summaryText(all: readonly EvaluatedRecording[]): string {
  const names = [...new Set(all.flatMap(({ models }) => [...models.keys()]))];
  const header = ['geometric mean', 'WQL/s-naive', 'recordings', 'WQL/naive', 'recordings'];
  const rows = names.map((name) => {
    const [seasonal, naive] = (['seasonal-naive', 'naive'] as const).map((baseline) =>
      all.map((one) => wqlAgainst(one, name, baseline)).filter((ratio) => ratio !== undefined && ratio > 0),
    ) as [number[], number[]];
    return [
      name,
      fixed(geometricMean(seasonal), 4),
      `${seasonal.length}`,
      fixed(geometricMean(naive), 4),
      `${naive.length}`,
    ];
  });
  return `${tableText([header, ...rows])}\n`;
}

function wqlAgainst(
  one: EvaluatedRecording,
  name: EvaluatedName,
  baseline: EvaluatedName,
): number | undefined {
  const own = one.models.get(name)?.wqlRatio;
  const other = one.models.get(baseline)?.wqlRatio;
  return own === undefined || other === undefined || other === 0 ? undefined : own / other;
}

function geometricMean(ratios: readonly number[]): number | undefined {
  if (ratios.length === 0) return undefined;
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${(100 * ratio).toFixed(1)} %`;
}

/** The first column to the left, the others to the right. */
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    )
    .join('\n');
}
