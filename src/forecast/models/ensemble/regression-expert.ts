import { endSlotOf, type History } from '../../history.ts';
import { logarithm, type RateScale, SQUARE_ROOT } from '../../scale.ts';
import { type FittedPath, type Known, SeriesMemory } from '../arima/series-memory.ts';
import type { SeriesView } from '../arima/series-view.ts';
import { fitSlotFor } from '../arima/fit-schedule.ts';
import type { CorrectablePaths, Expert, ExpertKind, Question } from './expert.ts';

/** The regression of the ARIMA-like model, in the scale of the question and in the other one. */
export const REGRESSIONS: readonly ExpertKind[] = [
  {
    name: 'arima',
    create: (): Expert => {
      const paths = new RegressionPaths();
      return { ...createRegressionExpert(({ scale }) => scale, paths), paths };
    },
  },
  {
    name: 'arima-other-scale',
    create: () => createRegressionExpert(createOtherScale(), new RegressionPaths()),
  },
];

type ScaleChoice = (question: Question) => RateScale | undefined;

/** Paths of one series; the newest is kept for the one who corrects it. */
class RegressionPaths implements CorrectablePaths {
  #memory = new SeriesMemory();
  #newest:
    { readonly known: Known; readonly originSlot: number; readonly path: FittedPath | undefined } | undefined;

  pathAt(known: Known, originSlot: number): FittedPath | undefined {
    if (this.#newest?.known !== known || this.#newest.originSlot !== originSlot)
      this.#newest = { known, originSlot, path: this.#memory.pathAt(known, originSlot) };
    return this.#newest.path;
  }

  viewOf(known: Known): SeriesView {
    return this.#memory.viewOf(known);
  }

  forgetBefore(known: Pick<Known, 'history'>, originSlot: number): void {
    this.#newest = undefined;
    this.#memory.forgetBefore(known, originSlot);
  }

  startAnew(): void {
    this.#newest = undefined;
    this.#memory = new SeriesMemory();
  }
}

function createRegressionExpert(scaleOf: ScaleChoice, paths: RegressionPaths): Expert {
  return {
    answerFor(question) {
      const scale = scaleOf(question);
      if (scale === undefined) return { key: 'none', write: () => false };
      const isQuestions = scale.name === question.scale.name;
      const own = isQuestions ? question : { ...question, scale };
      return {
        key: scale.name,
        write(originSlot, into) {
          const path = paths.pathAt(own, originSlot);
          if (path === undefined) return false;
          for (let step = 0; step < own.horizonSteps; step += 1)
            into.ratesRps[step] = scale.rpsFromScaled(path.forecasts[step]);
          if (isQuestions) into.sizes.set(path.sizes);
          return true;
        },
      };
    },
    forgetBefore: (question, originSlot) => paths.forgetBefore(question, originSlot),
    startAnew: () => paths.startAnew(),
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
