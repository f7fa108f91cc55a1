/** A stabilization window of autoscaling/v2 (KEP-853): the highest of the recommendations of the last so many steps. */
export interface HighestRecent {
  /** Adds a recommendation; a window of W steps knows those of `step` and the W - 1 steps before it. */
  readonly add: (step: number, replicas: number) => void;
  readonly highest: (step: number) => number;
}

export function createHighestRecent(windowSteps: number): HighestRecent {
  /** Falling: whoever is lower and older can never be the highest again. The first `gone` of them are too old. */
  const kept: { readonly step: number; readonly replicas: number }[] = [];
  let gone = 0;
  const forget = (step: number): void => {
    while (gone < kept.length && kept[gone].step <= step - windowSteps) gone += 1;
    if (gone < windowSteps) return;
    kept.splice(0, gone);
    gone = 0;
  };
  return {
    add(step, replicas) {
      while (kept.length > gone && kept[kept.length - 1].replicas <= replicas) kept.pop();
      kept.push({ step, replicas });
      forget(step);
    },
    highest(step) {
      forget(step);
      return kept[gone]?.replicas ?? 0;
    },
  };
}
