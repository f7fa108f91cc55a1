import { endSlotOf, type History } from '../../history.ts';
import { logarithm, type RateScale, SQUARE_ROOT } from '../../scale.ts';
import { SeriesMemory } from '../arima/series-memory.ts';
import { fitSlotFor } from '../arima/fit-schedule.ts';
import type { Expert, ExpertKind, Question } from './expert.ts';

/** The regression of the ARIMA-like model, in the scale of the question and in the other one. */
export const REGRESSIONS: readonly ExpertKind[] = [
  {
    name: 'arima',
    create: () =>
      createRegressionExpert(
        () =>
          ({ scale }) =>
            scale,
      ),
  },
  { name: 'arima-other-scale', create: () => createRegressionExpert(createOtherScale) },
];

type ScaleChoice = (question: Question) => RateScale | undefined;

function createRegressionExpert(createScaleChoice: () => ScaleChoice): Expert {
  let memory = new SeriesMemory();
  const scaleOf = createScaleChoice();
  return {
    answerFor(question) {
      const scale = scaleOf(question);
      if (scale === undefined) return { key: 'none', write: () => false };
      const own = { ...question, scale };
      const isQuestions = scale.name === question.scale.name;
      return {
        key: scale.name,
        write(originSlot, into) {
          const path = memory.pathAt(own, originSlot);
          if (path === undefined) return false;
          for (let step = 0; step < own.horizonSteps; step += 1)
            into.ratesRps[step] = scale.rpsFromScaled(path.forecasts[step]);
          if (isQuestions) into.sizes.set(path.sizes);
          return true;
        },
      };
    },
    forgetBefore: (question, originSlot) => memory.forgetBefore(question, originSlot),
    startAnew: () => void (memory = new SeriesMemory()),
  };
}

const FLOOR_RATIO = 0.05;
const FLOOR_DAYS = 21;

/** The logarithm for the square root and the other way round; undefined before anything is fitted, and without load. */
function createOtherScale(): ScaleChoice {
  let kept:
    { readonly fitSlot: number; readonly digest: number; readonly scale: RateScale | undefined } | undefined;
  return ({ scale, history, digest }) => {
    if (scale.name !== SQUARE_ROOT.name) return SQUARE_ROOT;
    const fitSlot = fitSlotFor(history, endSlotOf(history));
    if (fitSlot === undefined) return undefined;
    const range = digest.range(history.firstSlot, fitSlot);
    if (kept?.fitSlot !== fitSlot || kept.digest !== range)
      kept = { fitSlot, digest: range, scale: logarithmAbove(FLOOR_RATIO * meanRate(history, fitSlot)) };
    return kept.scale;
  };
}

/** Powers of four: what was fitted in the scale stays while the level wanders. undefined without load. */
function logarithmAbove(floorRps: number): RateScale | undefined {
  return floorRps > 0 ? logarithm(4 ** Math.round(Math.log2(floorRps) / 2)) : undefined;
}

/** Mean of the samples of three weeks before `endSlot`; 0 without any. */
function meanRate({ firstSlot, slotsPerDay, ratesRps }: History, endSlot: number): number {
  let sum = 0;
  let count = 0;
  const end = endSlot - firstSlot;
  for (let index = Math.max(0, end - FLOOR_DAYS * slotsPerDay); index < end; index += 1) {
    if (Number.isNaN(ratesRps[index])) continue;
    sum += ratesRps[index];
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}
