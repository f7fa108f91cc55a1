import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ApiClient } from '../../src/cluster/api-client.ts';
import { answerText } from '../../src/cluster/api-answer.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { compilePolicy } from '../../src/policy/compile-policy.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { changed, CHECKOUT_YAML, MINIMAL_YAML } from '../builders/policy-document.ts';
import { BAD_POLICIES } from '../unit/policy/bad-policies.ts';
import { clientOf, must, NEVER, until } from './harness/client.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const AUTOSCALERS = '/apis/prescale.dev/v1alpha1/namespaces/shop/predictiveautoscalers';
const STRICT = { fieldValidation: 'Strict' };

let controlPlane: ControlPlane;
let client: ApiClient;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  client = clientOf(controlPlane);
  await must(client, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'shop' } } });
  const crd: unknown = parse(readFileSync('deploy/crd/predictiveautoscalers.yaml', 'utf8'));
  await must(client, { method: 'POST', path: CRDS, query: STRICT, body: crd });
  await until('the kind is served', async () => {
    const answer = await client.call({ method: 'GET', path: AUTOSCALERS }, NEVER);
    return answer.kind === 'ok';
  });
});
afterAll(async () => {
  await client?.close();
  await controlPlane?.stop();
});

const crdConditions = async (): Promise<Record<string, string>> => {
  const { status } = await must<{
    status: { conditions: { type: string; status: string; message: string }[] };
  }>(client, { method: 'GET', path: `${CRDS}/predictiveautoscalers.prescale.dev` });
  return Object.fromEntries(status.conditions.map((one) => [one.type, one.status]));
};

const create = (document: unknown) =>
  client.call(
    { method: 'POST', path: AUTOSCALERS, query: { ...STRICT, dryRun: 'All' }, body: document },
    NEVER,
  );
const checkout: unknown = parse(CHECKOUT_YAML);

describe('the CustomResourceDefinition', () => {
  test('is established, and structural', async () => {
    const conditions = await crdConditions();
    expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
    expect(conditions).not.toHaveProperty('NonStructuralSchema');
  });

  test('has a short name, and columns that tell the story', async () => {
    const path = '/apis/prescale.dev/v1alpha1';
    const { resources } = await must<{ resources: { name: string; shortNames?: string[] }[] }>(client, {
      method: 'GET',
      path,
    });
    expect(resources.find(({ name }) => name === 'predictiveautoscalers')?.shortNames).toEqual(['psa']);
    expect(resources.map(({ name }) => name)).toContain('predictiveautoscalers/status');
  });
});

describe('a good policy', () => {
  test.each([
    ['that says everything', CHECKOUT_YAML],
    ['that says the least', MINIMAL_YAML],
    ['of the demo', readFileSync('deploy/demo/checkout.yaml', 'utf8')],
  ])('%s means the same from the server as from a file', async (_name, yaml) => {
    const document = changed(parse(yaml), { 'metadata.namespace': 'shop' });
    const answer = await create(document);
    expect(answer.kind === 'ok' ? 'accepted' : answerText(answer)).toBe('accepted');
    const { metadata, ...rest } = (answer as { body: KubernetesObject }).body;
    const served = { ...rest, metadata: { name: metadata.name, namespace: metadata.namespace } };
    expect(compilePolicy(parsePolicy(served))).toEqual(compilePolicy(parsePolicy(document)));
  });

  test('a status is written apart, and the spec stays', async () => {
    const made = await must(client, { method: 'POST', path: AUTOSCALERS, body: checkout });
    const path = `${AUTOSCALERS}/checkout/status`;
    const status = { currentReplicas: 3, reason: 'DesiredWithinRange' };
    const body = { spec: { maxReplicas: 1 }, status };
    const after = await must(client, { method: 'PATCH', path, contentType: 'mergePatch', body });
    expect(after.status).toEqual(status);
    expect(after.spec).toEqual(made.spec);
    expect(after.metadata.generation).toBe(1);
    await must(client, { method: 'DELETE', path: `${AUTOSCALERS}/checkout` });
  });
});

/**
 * What the API server cannot know: words within strings that need a parser of ours, annotations, and fields that this
 * version does not do yet. The controller tells of these on the object.
 */
const ONLY_THE_CONTROLLER_KNOWS: readonly string[] = [
  'a misspelled annotation of ours',
  'paused by something that is not true or false',
  'a country that there is not',
  'an event by a schedule that is none',
  'an event by a schedule on a day that no month has',
  'an event that starts every minute',
  'a window not to be learnt from that is none',
];

/** Where the server names the place by another word than the last one of the path. */
const NAMED_BY_THE_SERVER: Readonly<Record<string, string>> = {
  'another API version': 'in version "v1"',
  'an annotation that is not a text': 'ObjectMeta.annotations',
  'a rolling update that leaves nothing': 'spec.chaos.scenarios',
};

describe('a bad policy', () => {
  const refusable = BAD_POLICIES.filter(({ name }) => !ONLY_THE_CONTROLLER_KNOWS.includes(name));

  test('is refused by the server in at least thirty ways', () => {
    expect(refusable.length).toBeGreaterThanOrEqual(30);
  });

  test.each(refusable)('$name', async ({ name, change, path }) => {
    const answer = await create(changed(checkout, change));
    expect(answer).toMatchObject({ kind: 'refused', status: expect.toBeOneOf([400, 422]) });
    const field = path
      .split(/[.[\]"]+/)
      .filter(Boolean)
      .at(-1)!;
    expect((answer as { message: string }).message).toContain(NAMED_BY_THE_SERVER[name] ?? field);
  });

  test.each(BAD_POLICIES.filter(({ name }) => ONLY_THE_CONTROLLER_KNOWS.includes(name)))(
    '$name is past the server, and refused by the controller',
    async ({ change }) => {
      const document = changed(checkout, change);
      expect((await create(document)).kind).toBe('ok');
      expect(() => compilePolicy(parsePolicy(document))).toThrow();
    },
  );
});
