/**
 * What `deploy/` installs, on the real control plane with RBAC on. The pods of KWOK run no image, so the controller runs
 * beside them, with the arguments of the Deployment and the token of its service account.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import type { ApiCall, ApiClient } from '../../../src/cluster/api-client.ts';
import type { AutoscalerStatus } from '../../../src/explain/status-of.ts';
import {
  backfill,
  makePrometheusDir,
  startPrometheus,
  type RealPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';
import { requireForeignKind } from '../binaries/foreign-kinds.ts';
import { clientOf, must, NEVER, until } from '../harness/client.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { freePorts } from '../harness/free-port.ts';
import { kubectl } from '../harness/installed.ts';
import { makeNamespace, podOwnerSpec } from '../harness/workloads.ts';
import { clientOfServiceAccount, startPod, type RunningPod } from './installation.ts';
import { dashboardQueries, ruleGroups, serviceMonitor, withVariables } from './monitoring.ts';
import { chartFolder, helm, helmText, kustomizeTextWith } from './rendered.ts';

const SYSTEM = 'prescale-system';
const STEP_SECONDS = 15;
const HOUR_SECONDS = 3600;

/** Those that the Prometheus operator brings into a cluster. */
const MONITORING_KINDS = [
  'servicemonitors.monitoring.coreos.com',
  'prometheusrules.monitoring.coreos.com',
] as const;

let controlPlane: ControlPlane;
let admin: ApiClient;
/** What the controller asks. */
let prometheus: RealPrometheus;
/** What scrapes the controller: another one, since the first holds samples of the next hour and takes none of now. */
let watcher: RealPrometheus;
/** One controller runs at a time, always on the same ports, so that Prometheus finds it. */
let probesPort: number;
let apiPort: number;
let pod: RunningPod | undefined;
const clients: ApiClient[] = [];

const run = (...args: string[]) => kubectl(controlPlane, ...args);
const overlay = (name: string) => join(chartFolder, 'overlays', name);

beforeAll(async () => {
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
  controlPlane = await startControlPlane({ components });
  admin = clientOf(controlPlane);
  for (const name of ['node-1', 'node-2']) {
    const labels = { 'kubernetes.io/hostname': name };
    await must(admin, { method: 'POST', path: '/api/v1/nodes', body: { metadata: { name, labels } } });
  }
  for (const name of ['shop', 'other']) await makeNamespace(admin, name);
  for (const kind of MONITORING_KINDS) await run('create', '-f', requireForeignKind(kind));
  [probesPort, apiPort] = await freePorts(2);
  const dir = await makePrometheusDir();
  await backfill(dir, [{ metric: 'rps', labels: { app: 'checkout' }, series: steadyLoad() }]);
  prometheus = await startPrometheus(dir);
  const watching = await makePrometheusDir();
  const targets = [{ targets: [`127.0.0.1:${probesPort}`], labels: { namespace: SYSTEM } }];
  const scrape = { job_name: 'prescale', scrape_interval: '1s', honor_labels: true, static_configs: targets };
  await writeFile(join(watching, 'prometheus.yml'), JSON.stringify({ scrape_configs: [scrape] }));
  watcher = await startPrometheus(watching);
});
afterEach(async () => {
  await pod?.process.kill();
  pod = undefined;
  for (const client of clients.splice(0)) await client.close();
  for (const workload of made.splice(0)) await removeWorkload(...workload);
});
afterAll(async () => {
  await admin?.close();
  await prometheus?.remove();
  await watcher?.remove();
  await controlPlane?.stop();
});

/** Two hours of 400 requests a second, and the next hour too: the work of two replicas that never rest. */
function steadyLoad() {
  const startAtMs = Math.floor(Date.now() / 60_000) * 60_000 - 2 * HOUR_SECONDS * 1000;
  const values = Float64Array.from(
    { length: (3 * HOUR_SECONDS) / STEP_SECONDS },
    (_, slot) => 400 + (slot % 5),
  );
  return { startAtMs, stepSeconds: STEP_SECONDS, values };
}

const policy = (name: string, kind: string, mode: string) => ({
  apiVersion: 'prescale.dev/v1alpha1',
  kind: 'PredictiveAutoscaler',
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
    mode,
    minReplicas: 1,
    maxReplicas: 30,
    metrics: { delay: '15s', staleAfter: '2m', arrivalRate: { query: 'rps{app="checkout"}' } },
    capacity: { serviceRateRps: 25, serversPerReplica: 8, startupTime: '20s' },
    slo: { responseTime: '250ms', objective: 0.99 },
    cost: { replicaHour: 0.12, violation: 0.0004, switching: 0.001, currency: 'USD' },
    forecast: { horizon: '5m', step: '15s', lookback: '2h', minConfidence: 0.1 },
  },
});

const plural = (kind: string): string => `${kind.toLowerCase()}s`;
const targetPath = (namespace: string, kind: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/${plural(kind)}`;

const made: (readonly [namespace: string, name: string, kind: string])[] = [];

/** A target with one replica, and its policy; both are gone after the test. */
async function makeWorkload(namespace: string, name: string, kind: string, mode = 'Scale'): Promise<void> {
  made.push([namespace, name, kind]);
  const service = kind === 'StatefulSet' ? { serviceName: name } : {};
  const body = { metadata: { name }, spec: { ...podOwnerSpec(name, 1), ...service } };
  await must(admin, { method: 'POST', path: targetPath(namespace, kind), body });
  await must(admin, { method: 'POST', path: autoscalersPath(namespace), body: policy(name, kind, mode) });
}

async function removeWorkload(namespace: string, name: string, kind: string): Promise<void> {
  for (const path of [autoscalersPath(namespace), targetPath(namespace, kind)])
    await admin.call({ method: 'DELETE', path: `${path}/${name}` }, NEVER);
}

const replicasOf = async (namespace: string, name: string, kind: string): Promise<number> =>
  (
    await must<{ spec: { replicas: number } }>(admin, {
      method: 'GET',
      path: `${targetPath(namespace, kind)}/${name}`,
    })
  ).spec.replicas;
const statusOf = async (namespace: string, name: string): Promise<AutoscalerStatus | undefined> =>
  (await must(admin, { method: 'GET', path: `${autoscalersPath(namespace)}/${name}` })).status as
    AutoscalerStatus | undefined;
const eventReasons = async (namespace: string): Promise<readonly string[]> =>
  (
    await must<{ items: { reason: string }[] }>(admin, {
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/events`,
      query: { fieldSelector: 'involvedObject.kind=PredictiveAutoscaler' },
    })
  ).items.map(({ reason }) => reason);

async function start(namespace: string): Promise<RunningPod> {
  pod = await startPod(controlPlane, { namespace, prometheusUrl: prometheus.url, probesPort, apiPort });
  return pod;
}

const MONITORING_VALUES = ['serviceMonitor', 'rules'].map((name) => `monitoring.${name}.enabled=true`);

/** What the account may not do, whatever is installed: answered with 403 by the server itself. */
const FORBIDDEN: readonly (readonly [string, ApiCall])[] = [
  ['read secrets', { method: 'GET', path: '/api/v1/namespaces/shop/secrets' }],
  ['read its own namespace’s secrets', { method: 'GET', path: `/api/v1/namespaces/${SYSTEM}/secrets` }],
  ['read config maps', { method: 'GET', path: '/api/v1/namespaces/shop/configmaps' }],
  [
    'change the switch',
    {
      method: 'PATCH',
      path: `/api/v1/namespaces/${SYSTEM}/configmaps/prescale-switch`,
      contentType: 'mergePatch',
      body: { data: { stop: 'false' } },
    },
  ],
  ['read its own configuration', { method: 'GET', path: `/api/v1/namespaces/${SYSTEM}/configmaps` }],
  ['read a pod', { method: 'GET', path: '/api/v1/namespaces/shop/pods/x' }],
  ['watch pods', { method: 'GET', path: '/api/v1/namespaces/shop/pods', query: { watch: 'true' } }],
  ['delete a pod', { method: 'DELETE', path: '/api/v1/namespaces/shop/pods/x' }],
  ['make a pod', { method: 'POST', path: '/api/v1/namespaces/shop/pods', body: { metadata: { name: 'x' } } }],
  ['run a command in a pod', { method: 'POST', path: '/api/v1/namespaces/shop/pods/x/exec' }],
  ['list daemon sets', { method: 'GET', path: '/apis/apps/v1/daemonsets' }],
  ['delete a deployment', { method: 'DELETE', path: '/apis/apps/v1/namespaces/shop/deployments/checkout' }],
  [
    'change a deployment',
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
      contentType: 'mergePatch',
      body: { spec: { paused: true } },
    },
  ],
  ['scale a daemon set', { method: 'GET', path: '/apis/apps/v1/namespaces/shop/daemonsets/x/scale' }],
  [
    'delete an HPA',
    { method: 'DELETE', path: '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/x' },
  ],
  ['delete a policy', { method: 'DELETE', path: `${autoscalersPath('shop')}/checkout` }],
  [
    'change a policy',
    {
      method: 'PATCH',
      path: `${autoscalersPath('shop')}/checkout`,
      contentType: 'mergePatch',
      body: { spec: { maxReplicas: 500 } },
    },
  ],
  ['delete an event', { method: 'DELETE', path: '/api/v1/namespaces/shop/events/x' }],
  [
    'read another lease',
    { method: 'GET', path: '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler' },
  ],
  [
    'lead somewhere else',
    { method: 'GET', path: '/apis/coordination.k8s.io/v1/namespaces/shop/leases/prescale' },
  ],
  ['read nodes', { method: 'GET', path: '/api/v1/nodes' }],
  ['read namespaces', { method: 'GET', path: '/api/v1/namespaces' }],
  [
    'change the custom resource',
    { method: 'DELETE', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/x' },
  ],
  [
    'give itself more',
    {
      method: 'POST',
      path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
      body: { metadata: { name: 'x' } },
    },
  ],
  [
    'change its own role',
    { method: 'DELETE', path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/prescale-recommend' },
  ],
  [
    'make tokens',
    { method: 'POST', path: `/api/v1/namespaces/${SYSTEM}/serviceaccounts/prescale/token`, body: {} },
  ],
];

const scaling = (namespace: string): ApiCall => ({
  method: 'PATCH',
  path: `${targetPath(namespace, 'Deployment')}/checkout/scale`,
  contentType: 'mergePatch',
  body: { spec: { replicas: 9 } },
});

async function expectForbidden(
  namespace: string,
  calls: readonly (readonly [string, ApiCall])[],
): Promise<void> {
  const account = await clientOfServiceAccount(controlPlane, namespace);
  clients.push(account);
  for (const [what, call] of calls)
    expect(await account.call(call, NEVER), what).toMatchObject({ kind: 'refused', status: 403 });
}

/** Both pods are made (so the namespace's Pod Security Standard lets them in), ready, and on two nodes. */
async function expectHealthyDeployment(namespace: string): Promise<void> {
  await run('rollout', 'status', 'deployment/prescale', '-n', namespace, '--timeout=60s');
  const nodes = await run('get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].spec.nodeName}');
  expect(nodes.split(' ').sort()).toEqual(['node-1', 'node-2']);
  await until('a pod may be disrupted', async () => {
    const path = ['get', 'pdb', 'prescale', '-n', namespace, '-o', 'jsonpath={.status.disruptionsAllowed}'];
    return (await run(...path)) === '1';
  });
}

/** Nothing that the controller tried was refused for want of a right. */
function expectNothingWasDenied(): void {
  expect(pod!.process.logTail()).not.toMatch(/forbidden/i);
}

const INSTALLATIONS = [
  {
    how: 'kubectl apply -k deploy/overlays/scale',
    install: () => run('apply', '--server-side', '-k', overlay('scale')),
    remove: () => run('delete', '-k', overlay('scale'), '--wait=true'),
  },
  {
    how: 'helm template deploy | kubectl apply -f -',
    install: async () => {
      await run('create', 'namespace', SYSTEM);
      const file = join(controlPlane.folder, 'chart.yaml');
      await writeFile(file, await helmText(SYSTEM, 'modes={Scale}'));
      return run('apply', '--server-side', '-n', SYSTEM, '-f', file);
    },
    remove: () => run('delete', '-n', SYSTEM, '-f', join(controlPlane.folder, 'chart.yaml'), '--wait=true'),
  },
] as const;

describe.each(INSTALLATIONS)('$how', ({ install, remove }) => {
  test('brings up what works: pods, lease, watches, all kinds of targets, status, events', async () => {
    await install();
    await run('wait', '--for=condition=Established', 'crd/predictiveautoscalers.prescale.dev');
    await expectHealthyDeployment(SYSTEM);
    const kinds = ['Deployment', 'StatefulSet', 'ReplicaSet'] as const;
    const named = (kind: string) => (kind === 'Deployment' ? 'checkout' : kind.toLowerCase());
    for (const kind of kinds) await makeWorkload('shop', named(kind), kind);
    await start(SYSTEM);
    for (const kind of kinds) {
      const name = named(kind);
      await until(`${kind} is scaled`, async () => (await replicasOf('shop', name, kind)) > 1);
      await until('and told', async () => (await statusOf('shop', name))?.lastScaleTime !== undefined);
    }
    const lease = await run(
      'get',
      'lease',
      'prescale',
      '-n',
      SYSTEM,
      '-o',
      'jsonpath={.spec.holderIdentity}',
    );
    expect(lease).not.toBe('');
    await until('events', async () => (await eventReasons('shop')).length >= kinds.length);
    expectNothingWasDenied();
  });

  test('and may do nothing else', async () => {
    await expectForbidden(SYSTEM, FORBIDDEN);
  });

  test('is removed without a rest', async () => {
    await run('delete', 'psa', '--all', '--all-namespaces');
    await remove();
    await run('delete', 'namespace', SYSTEM, '--ignore-not-found', '--wait=true');
    const left = await run(
      'get',
      'clusterrole,clusterrolebinding,crd',
      '-l',
      'app.kubernetes.io/name=prescale',
      '-o',
      'name',
    );
    expect(left).toBe('');
  });
});

describe('the optional objects', () => {
  const components = ['monitoring', 'network-policy'];
  const WAYS: readonly (readonly [string, () => Promise<string>])[] = [
    ['kustomize', () => kustomizeTextWith('scale', { components })],
    ['Helm', () => helmText(SYSTEM, 'modes={Scale}', 'networkPolicy.enabled=true', ...MONITORING_VALUES)],
  ];
  const file = () => join(controlPlane.folder, 'optional.yaml');
  const applied = async (text: string): Promise<string> => {
    await writeFile(file(), text);
    return run('apply', '--server-side', '--force-conflicts', '-n', SYSTEM, '-f', file());
  };
  const specOf = async (kind: string): Promise<unknown> =>
    (JSON.parse(await run('get', kind, 'prescale', '-n', SYSTEM, '-o', 'json')) as { spec: unknown }).spec;

  beforeAll(() => run('create', 'namespace', SYSTEM));
  afterAll(async () => {
    await run('delete', '-n', SYSTEM, '-f', file(), '--ignore-not-found', '--wait=true');
    await run('delete', 'namespace', SYSTEM, '--ignore-not-found', '--wait=true');
  });

  test.each(WAYS)('of %s are what the true kinds take, and nothing of them is lost', async (_way, text) => {
    await applied(await text());
    expect(await specOf('prometheusrule')).toEqual(await ruleGroups());
    expect(await specOf('servicemonitor')).toEqual(await serviceMonitor());
    expect(await specOf('networkpolicy')).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
  });

  test('a field that the kind does not have is refused: it is the true kind', async () => {
    const text = await kustomizeTextWith('scale', { components });
    await expect(applied(text.replace('honorLabels', 'honourLabels'))).rejects.toThrow(/honourLabels/);
    await expect(applied(text.replace('interval: 15s', 'interval: often'))).rejects.toThrow(/interval/);
  });

  test('the ServiceMonitor finds the Service, its port, and the job that the alerts ask for', async () => {
    const { selector, jobLabel, endpoints } = await serviceMonitor();
    const labels = Object.entries(selector.matchLabels).map((pair) => pair.join('='));
    const found = await run('get', 'service', '-n', SYSTEM, '-l', labels.join(), '-o', 'json');
    const { items } = JSON.parse(found) as { items: { metadata: Labelled; spec: { ports: Port[] } }[] };
    expect(items).toHaveLength(1);
    const [{ metadata, spec }] = items;
    expect(spec.ports.map(({ name }) => name)).toContain(endpoints[0].port);
    const job = `job="${metadata.labels[jobLabel]}"`;
    expect(JSON.stringify(await ruleGroups())).toContain(JSON.stringify(job).slice(1, -1));
  });
});

interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
}

interface Port {
  readonly name: string;
}

describe('helm install, upgrade, uninstall', () => {
  const helmed = (...args: string[]) =>
    helm(...args, '--kubeconfig', controlPlane.kubeconfigFile(), '--namespace', SYSTEM);

  test('upgrades the pods and the custom resource, and leaves everybody’s policies behind', async () => {
    const notes = await helmed(
      'install',
      'prescale',
      chartFolder,
      '--create-namespace',
      '--set',
      'modes={Scale}',
    );
    expect(notes).toMatch(/Policies of mode Scale are carried out/);
    await run('wait', '--for=condition=Established', 'crd/predictiveautoscalers.prescale.dev');
    await makeWorkload('shop', 'checkout', 'Deployment');
    const crd = ['crd/predictiveautoscalers.prescale.dev', '--type=merge', '-p'];
    // As an older version would have it.
    await run('patch', ...crd, '{"spec":{"names":{"shortNames":["old"]}}}');
    await helmed('upgrade', 'prescale', chartFolder, '--reuse-values', '--set', 'replicas=3');
    await run('rollout', 'status', 'deployment/prescale', '-n', SYSTEM, '--timeout=60s');
    const pods = await run('get', 'pods', '-n', SYSTEM, '-o', 'name');
    expect(pods.trim().split('\n')).toHaveLength(3);
    const names = [
      'get',
      'crd',
      'predictiveautoscalers.prescale.dev',
      '-o',
      'jsonpath={.spec.names.shortNames}',
    ];
    expect(await run(...names)).toBe('["psa"]');
    await helmed('uninstall', 'prescale', '--wait');
    expect(await run('get', 'psa', '-n', 'shop', '-o', 'name')).toMatch(/checkout/);
    const left = [
      'get',
      'clusterrole,clusterrolebinding',
      '-l',
      'app.kubernetes.io/name=prescale',
      '-o',
      'name',
    ];
    expect(await run(...left)).toBe('');
    await helmed('install', 'prescale', chartFolder);
    await helmed('uninstall', 'prescale', '--wait');
    await run('delete', 'namespace', SYSTEM, '--wait=true');
    await run('delete', 'crd', 'predictiveautoscalers.prescale.dev');
  });
});

describe('kubectl apply -k deploy/overlays/recommend', () => {
  test('recommends, and cannot scale whatever the policy says', async () => {
    await run('apply', '--server-side', '-k', overlay('recommend'));
    await run('wait', '--for=condition=Established', 'crd/predictiveautoscalers.prescale.dev');
    await makeWorkload('shop', 'checkout', 'Deployment');
    const { probesUrl } = await start(SYSTEM);
    const status = await until('a status', () => statusOf('shop', 'checkout'));
    expect(status.desiredReplicas).toBeGreaterThan(1);
    await until('the refusal is counted', async () =>
      /prescale_actuation_errors_total\{code="failed"\}/.test(
        await (await fetch(`${probesUrl}/metrics`)).text(),
      ),
    );
    expect(await replicasOf('shop', 'checkout', 'Deployment')).toBe(1);
    await expectForbidden(SYSTEM, [...FORBIDDEN, ['scale', scaling('shop')]]);
  });

  test('a ClusterRole with the label gives the rights on kinds of one’s own, once the component scale is there', async () => {
    await run('apply', '--server-side', '-k', overlay('scale'));
    const file = join(controlPlane.folder, 'rollouts.yaml');
    await writeFile(file, await exampleOf('rollouts'));
    await run('apply', '-f', file);
    const resourceAttributes = {
      verb: 'update',
      group: 'argoproj.io',
      resource: 'rollouts',
      subresource: 'scale',
      namespace: 'shop',
    };
    const spec = { user: `system:serviceaccount:${SYSTEM}:prescale`, resourceAttributes };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    await until('it may', async () => {
      const { status } = await must(admin, { method: 'POST', path, body: { spec } });
      return (status as { allowed: boolean }).allowed;
    });
  });

  test('every panel of the dashboard shows something, and no alert asks what Prometheus does not understand', async () => {
    await makeWorkload('shop', 'checkout', 'Deployment');
    await start(SYSTEM);
    await until('some decisions were scraped', async () => {
      const [value] = await queried('sum(increase(prescale_decisions_total[10s]))');
      return value > 2;
    });
    const queries = await dashboardQueries();
    expect(queries.length).toBeGreaterThan(15);
    for (const { panel, expr } of queries)
      await until(`${panel}: ${expr}`, async () => {
        const values = await queried(withVariables(expr, '20s'));
        return values.some(Number.isFinite);
      });
    for (const { alert, expr } of (await ruleGroups()).groups.flatMap(({ rules }) => rules))
      expect(await queried(expr), alert).toBeInstanceOf(Array);
    await run('delete', 'namespace', SYSTEM, '--wait=true');
    await run('delete', 'clusterrole,clusterrolebinding', '-l', 'app.kubernetes.io/name=prescale');
  });
});

describe('kubectl apply -k deploy/overlays/floor', () => {
  const HPAS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
  const minimum = async (): Promise<number> =>
    (await must<{ spec: { minReplicas: number } }>(admin, { method: 'GET', path: `${HPAS}/checkout` })).spec
      .minReplicas;

  test('raises the minimum of an HPA, gives it back, and may scale nothing itself', async () => {
    await run('apply', '--server-side', '-k', overlay('floor'));
    await run('wait', '--for=condition=Established', 'crd/predictiveautoscalers.prescale.dev');
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' };
    const hpa = { metadata: { name: 'checkout' }, spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 30 } };
    await must(admin, { method: 'POST', path: HPAS, body: hpa });
    await makeWorkload('shop', 'checkout', 'Deployment', 'Floor');
    await start(SYSTEM);
    await until('the minimum is raised', async () => (await minimum()) > 1);
    expectNothingWasDenied();
    // The finalizer needs that right.
    const never = FORBIDDEN.filter(([what]) => what !== 'change a policy');
    await expectForbidden(SYSTEM, [...never, ['scale', scaling('shop')]]);
    await run('delete', 'psa', 'checkout', '-n', 'shop', '--timeout=60s');
    expect(await minimum()).toBe(1);
    expectNothingWasDenied();
    await admin.call({ method: 'DELETE', path: `${HPAS}/checkout` }, NEVER);
    await run('delete', 'namespace', SYSTEM, '--wait=true');
    await run('delete', 'clusterrole,clusterrolebinding', '-l', 'app.kubernetes.io/name=prescale');
  });
});

describe('kubectl apply -n other -k deploy/overlays/namespaced', () => {
  test('scales in its own namespace, and neither sees nor touches another', async () => {
    await run('apply', '--server-side', '-k', join(chartFolder, 'crd'));
    await run('wait', '--for=condition=Established', 'crd/predictiveautoscalers.prescale.dev');
    await run('apply', '--server-side', '-n', 'other', '-k', overlay('namespaced'));
    await expectHealthyDeployment('other');
    await makeWorkload('other', 'checkout', 'Deployment');
    await makeWorkload('shop', 'checkout', 'Deployment');
    const { apiUrl } = await start('other');
    await until('it is scaled', async () => (await replicasOf('other', 'checkout', 'Deployment')) > 1);
    await until('and told', async () => (await statusOf('other', 'checkout'))?.lastScaleTime !== undefined);
    const listed = JSON.stringify(await (await fetch(`${apiUrl}/api/v1/autoscalers`)).json());
    expect(listed).toContain('other');
    expect(listed).not.toContain('shop');
    expect(await replicasOf('shop', 'checkout', 'Deployment')).toBe(1);
    expectNothingWasDenied();
    const elsewhere: ApiCall[] = [
      { method: 'GET', path: autoscalersPath('shop') },
      { method: 'GET', path: autoscalersPath(undefined) },
      { method: 'GET', path: `${targetPath('shop', 'Deployment')}/checkout` },
    ];
    await expectForbidden('other', [
      ...FORBIDDEN,
      ['scale elsewhere', scaling('shop')],
      ...elsewhere.map((call) => [call.path, call] as const),
    ]);
  });
});

/** The first value of each series that an instant query answers; throws what Prometheus says where it refuses. */
async function queried(expr: string): Promise<readonly number[]> {
  const response = await fetch(`${watcher.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { value: [number, string] }[] };
  };
  if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
  return answer.data.result.map(({ value }) => Number(value[1]));
}

/** The YAML of deploy/README.md that mentions the word. */
async function exampleOf(word: string): Promise<string> {
  const text = await readFile(join(chartFolder, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block);
  return blocks.find((block) => block.includes(word))!;
}
