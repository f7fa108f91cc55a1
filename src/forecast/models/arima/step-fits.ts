import type { LinearModel } from '../../numeric/normal-equations.ts';
import type { Reach } from './change-record.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { SpreadModel } from './spread-model.ts';

/** One regression for the value and one for the size of its error. */
export interface StepFit {
  readonly step: number;
  readonly value: LinearModel;
  readonly spread: SpreadModel;
  readonly reach: Reach;
}

/** Numbers of a step beside its coefficients: two intercepts, two bounds of the error's size, two of the forecast. */
const SCALARS = 6;

/** The fits of all steps in one array: as objects they would take twice as much. */
export class StepFits {
  readonly steps: readonly number[];
  readonly #columns: number;
  readonly #spreadColumns: number;
  /** [step][coefficients of the value, of the spread, intercepts, bounds] */
  readonly #numbers: Float64Array;

  constructor(fits: readonly StepFit[], plan: FeaturePlan) {
    this.steps = fits.map(({ step }) => step);
    this.#columns = plan.originColumns + plan.targetColumns;
    this.#spreadColumns = plan.spreadColumns;
    this.#numbers = new Float64Array(fits.length * this.#length);
    fits.forEach(({ value, spread: { model, lowestLog, highestLog }, reach }, i) => {
      const at = i * this.#length;
      this.#numbers.set(value.coefficients, at);
      this.#numbers.set(model.coefficients, at + this.#columns);
      const intercepts = [value.intercept, model.intercept];
      const scalars = [...intercepts, lowestLog, highestLog, reach.lowest, reach.highest];
      this.#numbers.set(scalars, at + this.#length - SCALARS);
    });
  }

  get #length(): number {
    return this.#columns + this.#spreadColumns + SCALARS;
  }

  /** The `index`th fit; its coefficients are views. */
  at(index: number): StepFit {
    const from = index * this.#length;
    const spreadAt = from + this.#columns;
    const scalarsAt = spreadAt + this.#spreadColumns;
    const numbers = this.#numbers;
    return {
      step: this.steps[index],
      value: { coefficients: numbers.subarray(from, spreadAt), intercept: numbers[scalarsAt] },
      spread: {
        model: { coefficients: numbers.subarray(spreadAt, scalarsAt), intercept: numbers[scalarsAt + 1] },
        lowestLog: numbers[scalarsAt + 2],
        highestLog: numbers[scalarsAt + 3],
      },
      reach: { lowest: numbers[scalarsAt + 4], highest: numbers[scalarsAt + 5] },
    };
  }
}
