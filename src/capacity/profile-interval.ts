import { fitLaw, misfit, type LawParameters } from './law.ts';
import { ALL_PARAMETERS, type LawRegression } from './law-regression.ts';

const MAX_DOUBLINGS = 12;
const HALVINGS = 24;

/**
 * The 95 % interval of one parameter: the values at which the law, all else fitted anew, is no worse than Student's t
 * allows (profile likelihood; Bates & Watts, Nonlinear Regression, 6.1). Unlike an interval of so many standard errors it
 * follows the law's bend. undefined where one side has no end.
 */
export function profileInterval(
  regression: LawRegression,
  index: number,
): { readonly lower: number; readonly upper: number } | undefined {
  const centre = regression.parameters[index];
  const reach = regression.quantile * regression.standardErrors[index];
  if (reach === 0) return { lower: centre, upper: centre };
  const lower = endOf(regression, index, -reach);
  const upper = endOf(regression, index, reach);
  return lower === undefined || upper === undefined ? undefined : { lower, upper };
}

/** Where the misfit passes what is allowed, searched from the estimate in the direction and first size of `reach`. */
function endOf(regression: LawRegression, index: number, reach: number): number | undefined {
  const { parameters, groups, errorUnits, quantile } = regression;
  const allowed = misfit(groups, parameters) + quantile ** 2 * errorUnits[index];
  const free = ALL_PARAMETERS.filter((other) => other !== index);
  let near = parameters;
  const isBeyond = (value: number): boolean => {
    const moved = [...near];
    moved[index] = value;
    const refitted = fitLaw(groups, moved as unknown as LawParameters, free);
    const beyond = !(misfit(groups, refitted) <= allowed);
    if (!beyond) near = refitted;
    return beyond;
  };
  let inside = parameters[index];
  let outside = inside + reach;
  for (let size = reach, doublings = 0; !isBeyond(outside); doublings += 1) {
    if (doublings === MAX_DOUBLINGS) return undefined;
    inside = outside;
    size *= 2;
    outside = inside + size;
  }
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (inside + outside) / 2;
    if (isBeyond(middle)) outside = middle;
    else inside = middle;
  }
  return (inside + outside) / 2;
}
