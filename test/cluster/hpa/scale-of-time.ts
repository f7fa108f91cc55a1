/** A second of the real controller stands for fifteen: its syncs, windows, periods and delays are all set by this. */
export const VIRTUAL_SECONDS_PER_SECOND = 15;
/** So long before it HPA's newest sample began, in syncs: 30 virtual seconds. */
export const LAG_SYNCS = 2;
/** Of a sample. */
export const WINDOW_SECONDS = 1;
/** --horizontal-pod-autoscaler-downscale-stabilization and spec.behavior: 5 minutes. */
export const DOWN_WINDOW_SECONDS = 20;

/** --horizontal-pod-autoscaler-cpu-initialization-period: 5 minutes. */
export const CPU_INITIALIZATION_SYNCS = 20;

/** Defaults of the controller over fifteen: 15 s, 5 min, 5 min, 30 s. */
export const MANAGER_FLAGS: readonly string[] = [
  '--horizontal-pod-autoscaler-sync-period=1s',
  `--horizontal-pod-autoscaler-downscale-stabilization=${DOWN_WINDOW_SECONDS}s`,
  `--horizontal-pod-autoscaler-cpu-initialization-period=${CPU_INITIALIZATION_SYNCS}s`,
  '--horizontal-pod-autoscaler-initial-readiness-delay=2s',
  '--kube-api-qps=300',
  '--kube-api-burst=600',
];

/** autoscaling/v2's default behavior, spelled out and over fifteen. */
export const BEHAVIOR = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 1 },
      { type: 'Percent', value: 100, periodSeconds: 1 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: DOWN_WINDOW_SECONDS,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }],
  },
} as const;
