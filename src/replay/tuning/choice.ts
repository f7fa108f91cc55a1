/** What a policy leaves to taste, and what else it could be. Facts (capacity, SLO) and money are nobody's to tune. */
import type { Policy } from '../../policy/policy.ts';

export interface Choice {
  /** Its path in the policy's YAML. */
  readonly path: readonly string[];
  /** What it trades, for the comment in the written policy. */
  readonly meaning: string;
  readonly valueOf: (policy: Policy) => number;
  /** In the order in which they are tried; of equals the one that is there stays. */
  readonly values: (policy: Policy) => readonly number[];
  readonly with: (policy: Policy, value: number) => Policy;
}

const CONFIDENCES = [0, 0.5, 0.8] as const;
const WINDOWS_SECONDS = [0, 120, 300, 600] as const;
/** Up to HPA's own. */
const TOLERANCES = [0, 0.05, 0.1] as const;
/** Steering: how much dearer or cheaper a late request is taken to be than it is. Scored with the price as given. */
const PRICE_FACTORS = [0.5, 1, 2] as const;

const minConfidence: Choice = {
  path: ['spec', 'forecast', 'minConfidence'],
  meaning: 'below it a forecast adds replicas and removes none',
  valueOf: ({ forecast }) => forecast.minConfidenceRatio,
  values: () => CONFIDENCES,
  with: (policy, value) => ({ ...policy, forecast: { ...policy.forecast, minConfidenceRatio: value } }),
};

const scaleDownWindow: Choice = {
  path: ['spec', 'behavior', 'scaleDown', 'stabilizationWindowSeconds'],
  meaning: 'replicas go when so many seconds have not asked for them',
  valueOf: ({ behavior }) => behavior.scaleDown.stabilizationWindowSeconds,
  values: () => WINDOWS_SECONDS,
  with: (policy, value) => {
    const scaleDown = { ...policy.behavior.scaleDown, stabilizationWindowSeconds: value };
    return { ...policy, behavior: { ...policy.behavior, scaleDown } };
  },
};

const scaleDownTolerance: Choice = {
  path: ['spec', 'behavior', 'scaleDown', 'tolerance'],
  meaning: 'headroom: no more than this share too many are kept',
  valueOf: ({ behavior }) => behavior.scaleDown.toleranceRatio,
  values: () => TOLERANCES,
  with: (policy, value) => {
    const scaleDown = { ...policy.behavior.scaleDown, toleranceRatio: value };
    return { ...policy, behavior: { ...policy.behavior, scaleDown } };
  },
};

const violationPrice: Choice = {
  path: ['spec', 'cost', 'violation'],
  meaning: 'the dearer a late request is taken to be, the higher the quantile that is served',
  valueOf: ({ cost }) => cost.perViolation ?? 0,
  values: ({ cost }) =>
    PRICE_FACTORS.map((factor) => Number(((cost.perViolation ?? 0) * factor).toPrecision(6))),
  with: (policy, value) => ({ ...policy, cost: { ...policy.cost, perViolation: value } }),
};

/**
 * The price only where there is one for replicas too: without both, nothing is weighed by it. Not `chaos`: it is for
 * failures, which no recording of a load tells of, and every search would take it away.
 */
export function choicesOf({ cost }: Policy): readonly Choice[] {
  const isPriced = cost.perReplicaHour !== null && cost.perViolation !== null;
  const always = [minConfidence, scaleDownWindow, scaleDownTolerance];
  return isPriced ? [...always, violationPrice] : always;
}
