/** The chart and the kustomizations come to the same objects, and the chart takes what it says and refuses the rest. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { chartFolder, helm, helmed, kustomized, kustomizedWith, type Rendered } from './rendered.ts';

/** Who made it, which only Helm writes, and the namespace's own object, which Helm makes by --create-namespace. */
const HELM_LABELS = [
  'helm.sh/chart',
  ...['instance', 'managed-by', 'version'].map((name) => `app.kubernetes.io/${name}`),
];
const HELM_ANNOTATIONS = ['helm.sh/resource-policy', 'checksum/sources'];

function comparable(objects: readonly Rendered[]): Readonly<Record<string, Rendered>> {
  const kept = objects
    .filter(({ kind }) => kind !== 'Namespace')
    .map((object) => withoutRevision(withoutMarks(object) as Rendered));
  return Object.fromEntries(kept.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

/** A Job cannot be changed: each of the chart's releases has its own. */
function withoutRevision(object: Rendered): Rendered {
  if (object.kind !== 'Job') return object;
  return { ...object, metadata: { ...object.metadata, name: object.metadata.name.replace(/-\d+$/, '') } };
}

/** Without Helm's own labels and annotations, wherever they are, and without maps that are empty then. */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => ![...HELM_LABELS, ...HELM_ANNOTATIONS].includes(name))
    .map(([name, one]) => [name, withoutMarks(one)] as const)
    .filter(
      ([name, one]) => !(['labels', 'annotations'].includes(name) && Object.keys(one as object).length === 0),
    );
  return Object.fromEntries(entries);
}

const MONITORING = ['serviceMonitor', 'rules', 'dashboard'].map((name) => `monitoring.${name}.enabled=true`);

describe('the same objects', () => {
  test.each<[string, () => Promise<readonly Rendered[]>, () => Promise<readonly Rendered[]>]>([
    ['recommend', () => kustomized('recommend'), () => helmed('prescale-system')],
    ['scale', () => kustomized('scale'), () => helmed('prescale-system', 'modes={Scale}')],
    ['floor', () => kustomized('floor'), () => helmed('prescale-system', 'modes={Floor}')],
    [
      'one namespace',
      () => kustomizedWith('namespaced', { namespace: 'shop' }),
      () => helmed('shop', 'modes={Scale,Floor}', 'namespaced=true'),
    ],
    [
      'monitoring and a network policy',
      () =>
        kustomizedWith('scale', {
          components: ['monitoring', 'network-policy'],
          namespace: 'prescale-system',
        }),
      () => helmed('prescale-system', 'modes={Scale}', 'networkPolicy.enabled=true', ...MONITORING),
    ],
    [
      'the API for the cluster, over TLS, within a network policy',
      () =>
        kustomizedWith('recommend', {
          components: ['network-policy', 'api', 'api-tls'],
          namespace: 'prescale-system',
        }),
      () => helmed('prescale-system', 'api.enabled=true', 'api.tls=true', 'networkPolicy.enabled=true'),
    ],
    [
      'the work shared out among three replicas',
      () => kustomizedWith('scale', { components: ['shards'], namespace: 'prescale-system' }),
      () => helmed('prescale-system', 'modes={Scale}', 'replicas=3', 'shards=6'),
    ],
    [
      'a volume for measured rates, the Job that fills it, and the one that learns from it',
      () =>
        kustomizedWith('scale', {
          components: ['network-policy', 'store', 'bootstrap', 'training'],
          namespace: 'prescale-system',
        }),
      () =>
        helmed(
          'prescale-system',
          'modes={Scale}',
          'networkPolicy.enabled=true',
          'store.enabled=true',
          'bootstrap.enabled=true',
          'training.enabled=true',
        ),
    ],
    [
      'a volume for decisions',
      () => kustomizedWith('recommend', { components: ['history'], namespace: 'prescale-system' }),
      () => helmed('prescale-system', 'history.enabled=true'),
    ],
    [
      'calendars that policies name',
      () => kustomizedWith('recommend', { components: ['calendars'], namespace: 'prescale-system' }),
      () => helmed('prescale-system', 'calendars.enabled=true'),
    ],
    [
      'the API for the cluster',
      () => kustomizedWith('recommend', { components: ['api'], namespace: 'prescale-system' }),
      () => helmed('prescale-system', 'api.enabled=true'),
    ],
    [
      'an image and a number of replicas of one’s own',
      () =>
        kustomizedWith('recommend', {
          images: [{ name: 'prescale', newName: 'registry.example/prescale', newTag: '1.2.3' }],
          replicas: [{ name: 'prescale', count: 3 }],
        }),
      () =>
        helmed(
          'prescale-system',
          'image.repository=registry.example/prescale',
          'image.tag=1.2.3',
          'replicas=3',
        ),
    ],
  ])('%s', async (_what, byKustomize, byHelm) => {
    const expected = comparable(await byKustomize());
    expect(Object.keys(expected).length).toBeGreaterThan(8);
    expect(comparable(await byHelm())).toEqual(expected);
  });
});

describe('the chart', () => {
  test('has no fault that helm lint knows', async () => {
    expect(await helm('lint', '--strict', chartFolder)).toContain('0 chart(s) failed');
  });

  test('has the version of the package', async () => {
    const chart = parse(await readFile(join(chartFolder, 'Chart.yaml'), 'utf8')) as { appVersion: string };
    const own = JSON.parse(await readFile(join(chartFolder, '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(chart.appVersion).toBe(own.version);
    const [image] = (await kustomized('recommend')).filter(({ kind }) => kind === 'Deployment').map(imageOf);
    expect(image).toBe(`prescale:${own.version}`);
  });

  test('has a value, with a word on it, for everything that its schema allows', async () => {
    const text = await readFile(join(chartFolder, 'values.yaml'), 'utf8');
    const schema = JSON.parse(await readFile(join(chartFolder, 'values.schema.json'), 'utf8')) as {
      properties: Record<string, unknown>;
    };
    const { global: _helms, ...own } = schema.properties;
    expect(Object.keys(parse(text) as object).sort()).toEqual(Object.keys(own).sort());
  });

  test.each([
    ['replicas=-1', 'replicas'],
    ['bootstrap.enabled=true', 'store.enabled'],
    ['store.enabled=true,bootstrap.enabled=true,bootstrap.shares=0', 'shares'],
    ['training.enabled=true', 'store.enabled'],
    ['training.image.repository=', 'repository'],
    ['training.classes=web', 'classes'],
    ['store.accessModes={Anywhere}', 'accessModes'],
    ['history.size=much', 'size'],
    ['modes={Guess}', 'modes'],
    ['replicaCount=3', 'replicaCount'],
    ['tick=soon', 'tick'],
    ['sources.default.url=prometheus:9090', 'url'],
    ['sources.default=null', 'sources'],
    ['image.repository=', 'repository'],
    ['monitoring.rules.on=true', 'rules'],
    ['logLevel=loud', 'logLevel'],
    ['podLabels.team.name=x', 'podLabels'],
    ['api.enabled=true,namespaced=true', 'api.enabled'],
    ['api.port=80', 'port'],
  ])('refuses %s', async (set, named) => {
    const refused = await helmed('prescale-system', set).catch((error: { stderr: string }) => error);
    expect(refused).toHaveProperty('stderr', expect.stringContaining(named));
  });

  test('puts each value where it belongs', async () => {
    const set = [
      'tick=30s',
      'logLevel=debug',
      'dryRun=true',
      'nodeSelector.disk=ssd',
      'priorityClassName=system-cluster-critical',
      'tolerations[0].key=dedicated',
      'image.pullSecrets[0].name=registry',
      'podLabels.team=platform',
      'podAnnotations.note=mine',
      'resources.limits.memory=1Gi',
      'sources.long.url=https://thanos.example',
      'sources.long.auth.bearerTokenFile=/etc/prescale/secrets/token',
    ];
    const objects = await helmed('ops', ...set);
    const { template } = specOf(objects.find(({ kind }) => kind === 'Deployment')!);
    expect(template.metadata).toMatchObject({
      labels: { team: 'platform', 'app.kubernetes.io/name': 'prescale' },
      annotations: { note: 'mine', 'checksum/sources': expect.any(String) },
    });
    expect(template.spec).toMatchObject({
      nodeSelector: { disk: 'ssd' },
      priorityClassName: 'system-cluster-critical',
      tolerations: [{ key: 'dedicated' }],
      imagePullSecrets: [{ name: 'registry' }],
    });
    const [container] = template.spec.containers;
    expect(container.args).toEqual(expect.arrayContaining(['--tick=30s', '--log-level=debug', '--dry-run']));
    expect(container.resources).toMatchObject({ limits: { memory: '1Gi' } });
    const { data } = objects.find(({ kind }) => kind === 'ConfigMap') as unknown as {
      data: Record<string, string>;
    };
    expect(parse(data['sources.yaml'])).toMatchObject({
      default: { url: expect.any(String) },
      long: { auth: { bearerTokenFile: '/etc/prescale/secrets/token' } },
    });
  });

  test('gives decisions as much room as it is told', async () => {
    const set = ['history.enabled=true', 'history.size=8Gi', 'history.volumeSize=20Gi'];
    const objects = await helmed('prescale-system', ...set);
    const { spec } = specOf(objects.find(({ kind }) => kind === 'Deployment')!).template;
    expect(spec.containers[0].args.filter((one) => one.startsWith('--history'))).toEqual([
      '--history-dir=/var/lib/prescale/history',
      '--history-size=8Gi',
    ]);
    expect(spec).toMatchObject({
      volumes: expect.arrayContaining([{ name: 'history', emptyDir: { sizeLimit: '20Gi' } }]),
    });
  });

  test.each([
    ['bootstrap', 'image.tag=1.2.3', 'prescale:1.2.3'],
    ['training', 'training.image.tag=1.2.3', 'prescale-training:1.2.3'],
  ])(
    'divides the fleet into as many shares as the Job of %s has pods, in a volume of one’s own',
    async (name, tag, image) => {
      const objects = await helmed(
        'shop',
        ...['store.enabled=true', 'store.existingClaim=mine', 'namespaced=true', tag],
        ...[`${name}.enabled=true`, `${name}.shares=3`, `${name}.parallelism=8`, 'replicas=0'],
      );
      const job = objects.find(({ kind }) => kind === 'Job')!;
      expect(job.metadata.name).toBe(`prescale-${name}-1`);
      const { spec } = specOf(job).template;
      expect(job['spec']).toMatchObject({ completions: 3, parallelism: 3, completionMode: 'Indexed' });
      expect(spec.containers[0].image).toBe(image);
      expect(spec.containers[0].args).toEqual(
        expect.arrayContaining(['--share=$(JOB_COMPLETION_INDEX)/3', '--namespace=$(POD_NAMESPACE)']),
      );
      expect(objects.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
      for (const kind of ['Job', 'Deployment'])
        expect(JSON.stringify(objects.find((one) => one.kind === kind))).toContain('"claimName":"mine"');
      expect(objects.filter(({ kind }) => kind.startsWith('Cluster'))).toEqual([]);
    },
  );

  test('can be packaged, and the package renders the same', async () => {
    const folder = join(chartFolder, '..', '.cache');
    const said = await helm('package', chartFolder, '--destination', folder);
    const archive = /saved it to: (.*)/.exec(said)![1];
    const fromArchive = await helm('template', 'prescale', archive, '--namespace', 'prescale-system');
    expect(fromArchive).toBe(
      await helm('template', 'prescale', chartFolder, '--namespace', 'prescale-system'),
    );
  });
});

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly { image: string; args: string[]; resources: object }[] };
}
const specOf = (object: Rendered) => object['spec'] as { readonly template: PodTemplate };
const imageOf = (object: Rendered): string => specOf(object).template.spec.containers[0].image;

describe('what the containers may do', () => {
  test.each(['Deployment prescale', 'Job prescale-bootstrap', 'Job prescale-training'])(
    'of a %s is what the restricted Pod Security Standard allows, on a root file system that is read-only',
    async (name) => {
      const components = { components: ['history', 'store', 'bootstrap', 'training'] };
      const owner = (await kustomizedWith('recommend', components)).find(
        ({ kind, metadata }) => `${kind} ${metadata.name}` === name,
      )!;
      expect(specOf(owner).template.spec).toMatchObject({
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      });
    },
  );
});

describe('roles', () => {
  test.each(['recommend', 'scale', 'floor', 'namespaced'])(
    'of %s name every resource and verb',
    async (overlay) => {
      const roles = (await kustomized(overlay)).filter(({ kind }) => /Role$/.test(kind));
      expect(roles.length).toBeGreaterThan(1);
      expect(JSON.stringify(roles)).not.toContain('"*"');
    },
  );

  test('of one namespace reach no further', async () => {
    const kinds = (await kustomized('namespaced')).map(({ kind }) => kind);
    expect(kinds.filter((kind) => /^Cluster|^Namespace$|^CustomResource/.test(kind))).toEqual([]);
  });
});
