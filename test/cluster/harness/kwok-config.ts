/** A pod with this annotation (a Go duration) takes so long to start. */
export const STARTUP_ANNOTATION = 'prescale.test/startup';

/** How KWOK plays the kubelet: nodes have room for everything; a pod is ready so many seconds after it was scheduled, and gone as soon as it shall go. */
export function kwokConfig(startupSeconds: number): string {
  const stages = [
    stage('Node', 'node-ready', {
      selector: {
        matchExpressions: [
          {
            key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
            operator: 'NotIn',
            values: ['True'],
          },
        ],
      },
      next: { statusTemplate: NODE_STATUS },
    }),
    stage('Pod', 'pod-ready', {
      selector: {
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: '.status.phase', operator: 'In', values: ['Pending'] },
        ],
      },
      delay: {
        durationMilliseconds: startupSeconds * 1000,
        durationFrom: { expressionFrom: `.metadata.annotations["${STARTUP_ANNOTATION}"]` },
      },
      next: { statusTemplate: READY_STATUS },
    }),
    stage('Pod', 'pod-delete', {
      selector: { matchExpressions: [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }] },
      next: { delete: true },
    }),
  ];
  return stages.map((one) => JSON.stringify(one)).join('\n---\n');
}

function stage(kind: string, name: string, spec: object): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: { resourceRef: { apiGroup: 'v1', kind }, ...spec },
  };
}

const NODE_STATUS = `
{{ $now := Now }}
allocatable: { cpu: 1k, memory: 1Ti, pods: 1M }
capacity: { cpu: 1k, memory: 1Ti, pods: 1M }
conditions:
- type: Ready
  status: "True"
  reason: KubeletReady
  message: played by KWOK
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
`;

const READY_STATUS = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "True", lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
`;
