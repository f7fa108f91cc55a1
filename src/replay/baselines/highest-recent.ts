/** A stabilization window of autoscaling/v2 (KEP-853): the highest of the recommendations of the last so many steps. */
export interface HighestRecent {
  /** Adds a recommendation; a window of W steps knows those of `step` and the W - 1 steps before it. */
  readonly add: (step: number, replicas: number) => void;
  readonly highest: (step: number) => number;
}

export function createHighestRecent(windowSteps: number): HighestRecent {
  /** Falling: whoever is lower and older can never be the highest again. */
  let kept: { readonly step: number; readonly replicas: number }[] = [];
  return {
    add(step, replicas) {
      kept = kept.filter((earlier) => earlier.replicas > replicas && earlier.step > step - windowSteps);
      kept.push({ step, replicas });
    },
    highest: (step) => kept.find((earlier) => earlier.step > step - windowSteps)?.replicas ?? 0,
  };
}
