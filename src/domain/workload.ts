/** The Kubernetes object that a policy speaks for, by the policy's own namespace and name. */
export interface WorkloadRef {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, the form that people type and that maps are keyed by. */
export function workloadKey(workload: WorkloadRef): string {
  return `${workload.namespace}/${workload.name}`;
}
