/** What must hold of a replay, as one writes it for CI: `violations <= hpa`, `cost <= 0.9*hpa-tuned`, `violations <= 0.01`. */
import type { ComparedPolicy } from './compare.ts';

export const REQUIRED_FIGURES = ['violations', 'cost', 'replicaHours', 'violatedSeconds'] as const;
export type RequiredFigure = (typeof REQUIRED_FIGURES)[number];

export interface Requirement {
  readonly text: string;
  readonly figure: RequiredFigure;
  readonly isStrict: boolean;
  readonly factor: number;
  /** undefined: the factor is the limit itself. */
  readonly policy: string | undefined;
}

export interface RequirementVerdict {
  readonly kind: 'kept' | 'broken';
  readonly text: string;
  readonly valueFigure: number;
  readonly limitFigure: number;
}

const FORM = /^\s*(\w+)\s*(<=?)\s*(?:(\d+(?:\.\d+)?(?:e-?\d+)?)\s*(\*)?\s*)?([a-z][\w./-]*)?\s*$/i;

/** undefined where the text has not this form. */
export function parseRequirement(text: string): Requirement | undefined {
  const [, name, sign, factor, times, policy] = FORM.exec(text) ?? [];
  const figure = REQUIRED_FIGURES.find((known) => known === name);
  if (figure === undefined || (factor === undefined && policy === undefined)) return undefined;
  // "0.9 hpa" and "0.9*" are typing errors.
  if (factor !== undefined && (times === undefined) !== (policy === undefined)) return undefined;
  return { text: text.trim(), figure, isStrict: sign === '<', factor: Number(factor ?? 1), policy };
}

/** The left side is always `own`'s. Throws RangeError where the right side is not among `policies`. */
export function judgeRequirement(
  { text, figure, isStrict, factor, policy }: Requirement,
  own: ComparedPolicy,
  policies: readonly ComparedPolicy[],
): RequirementVerdict {
  const rival = policies.find(({ name }) => name === policy);
  if (policy !== undefined && rival === undefined)
    throw new RangeError(`judgeRequirement: ${policy} was not played`);
  const limitFigure = rival === undefined ? factor : factor * figureOf(figure, rival);
  const valueFigure = figureOf(figure, own);
  const isKept = isStrict ? valueFigure < limitFigure : valueFigure <= limitFigure;
  return { kind: isKept ? 'kept' : 'broken', text, valueFigure, limitFigure };
}

function figureOf(figure: RequiredFigure, { score }: ComparedPolicy): number {
  switch (figure) {
    case 'violations':
      return score.sloViolationRatio;
    case 'cost':
      return score.cost.total;
    case 'replicaHours':
      return score.replicaHours;
    case 'violatedSeconds':
      return score.violatedSeconds;
  }
}
