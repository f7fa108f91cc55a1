import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { crdYaml } from '../../../src/cli/crd/body.ts';
import { customResourceDefinition, type CrdNode } from '../../../src/policy/crd-schema.ts';
import { parsePolicy } from '../../../src/policy/parse-policy.ts';
import { changed, CHECKOUT_YAML, MINIMAL_YAML } from '../../builders/policy-document.ts';

const [version] = customResourceDefinition().spec.versions;
const root = version.schema.openAPIV3Schema;
const spec = root.properties!['spec'];

/** Every node with its path, the root first. */
function nodesOf(node: CrdNode, path: string): [string, CrdNode][] {
  const children = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    nodesOf(child, `${path}.${name}`),
  );
  return [[path, node], ...children, ...(node.items === undefined ? [] : nodesOf(node.items, `${path}[]`))];
}

const FORBIDDEN = [
  '$ref',
  '$schema',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'id',
  'definitions',
  'const',
  'additionalProperties',
];
const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean'];

/** What the API server would refuse of a structural schema (apiextensions docs, "Specifying a structural schema"). */
function structuralFaults(node: CrdNode): string[] {
  return nodesOf(node, '').flatMap(([path, { type, properties, items, ...rest }]) => {
    const faults = FORBIDDEN.filter((keyword) => keyword in rest).map((keyword) => `${path}: ${keyword}`);
    if (rest['x-kubernetes-int-or-string'] === true)
      return type === undefined ? faults : [...faults, `${path}: type`];
    if (type === undefined || !TYPES.includes(type)) faults.push(`${path}: type ${type}`);
    if ((type === 'array') !== (items !== undefined)) faults.push(`${path}: items`);
    if (properties !== undefined && type !== 'object') faults.push(`${path}: properties`);
    return faults;
  });
}

test('the schema is structural', () => {
  expect(nodesOf(root, '').length).toBeGreaterThan(100);
  expect(structuralFaults(root)).toEqual([]);
});

test.each<[string, CrdNode, string]>([
  ['a union', { type: 'object', properties: { a: { anyOf: [] } } }, '.a: anyOf'],
  ['no type', { type: 'object', properties: { a: {} } }, '.a: type undefined'],
  ['an open object', { type: 'object', additionalProperties: false }, ': additionalProperties'],
  ['a list of anything', { type: 'array' }, ': items'],
])('the check finds %s', (_name, node, fault) => {
  expect(structuralFaults(node)).toContain(fault);
});

test('every field has a description that ends in a full stop, short enough for `kubectl explain`', () => {
  const undescribed = nodesOf(root, '')
    .filter(([path]) => path !== '.metadata')
    .filter(([, { description = '' }]) => !/^\S.{5,248}\.$/.test(description))
    .map(([path]) => path);
  // The API server allows none on metadata; list entries of one word need none.
  expect(undescribed).toEqual(['.spec.forecast.models[]']);
});

test('every list, and every text that a rule reads, is bounded, so that the server can price the rules', () => {
  const unbounded = nodesOf(spec, '')
    .filter(([, node]) => {
      const isList = node.type === 'array' && node['maxItems'] === undefined;
      const isRuledText = node.type === 'string' && 'x-kubernetes-validations' in node;
      return isList || (isRuledText && node['maxLength'] === undefined);
    })
    .map(([path]) => path);
  expect(unbounded).toEqual([]);
});

/** As the API server fills them in: each missing field that has one, then within. */
function withDefaults(value: unknown, node: CrdNode): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, node.items!));
  if (typeof value !== 'object' || value === null) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    if (!(name in filled) && child['default'] !== undefined) filled[name] = child['default'];
    if (name in filled) filled[name] = withDefaults(filled[name], child);
  }
  return filled;
}

test.each([
  ['the least policy', MINIMAL_YAML],
  ['the example', CHECKOUT_YAML],
])('%s gets the same defaults from the API server as from a file', (_name, yaml) => {
  const written = parse(yaml) as { spec: unknown };
  const stored = changed(written, { spec: withDefaults(written.spec, spec) });
  // null is not a default there, and means the same as nothing.
  expect(parsePolicy(stored)).toEqual(parsePolicy(written));
  expect(withDefaults(written.spec, spec)).toMatchObject(
    JSON.parse(
      JSON.stringify(parsePolicy(written).spec, (_key, value: unknown) =>
        value === null ? undefined : value,
      ),
    ) as object,
  );
});

test('a default of a block is written out in full: the server judges it before it fills it in', () => {
  const { properties } = spec;
  expect(properties!['forecast']['default']).toEqual({
    horizon: '15m',
    step: '1m',
    lookback: '14d',
    models: ['lstm', 'arima', 'moving-average'],
    minConfidence: 0.8,
  });
});

test('every rule between fields is there for the API server too', () => {
  const rules = nodesOf(spec, 'spec').flatMap(([path, node]) =>
    ((node['x-kubernetes-validations'] ?? []) as { rule: string; message: string }[]).map(
      ({ rule }) => `${path}: ${rule}`,
    ),
  );
  const has = (path: string, part: string): boolean =>
    rules.some((rule) => rule.startsWith(`${path}: `) && rule.includes(part));
  expect(has('spec', 'self.minReplicas <= self.maxReplicas')).toBe(true);
  expect(has('spec', 'self.capacity.startupTime')).toBe(true);
  expect(has('spec', 'self.chaos.scenarios.all')).toBe(true);
  expect(has('spec.minReplicas', 'self >= 1')).toBe(true);
  expect(has('spec.metrics', 'self.staleAfter')).toBe(true);
  expect(has('spec.capacity', 'has(self.serviceRateRps) != has(self.estimate)')).toBe(true);
  expect(has('spec.capacity', 'self.queueLimit')).toBe(true);
  expect(has('spec.cost', 'has(self.replicaHour) == has(self.violation)')).toBe(true);
  expect(has('spec.forecast', 'self.lookback')).toBe(true);
  expect(has('spec.events[]', 'self.end > self.start')).toBe(true);
  expect(has('spec.events[]', 'exists_one')).toBe(true);
  expect(has('spec.chaos', 'self.safetyFactor')).toBe(true);
  expect(has('spec.chaos.scenarios[]', 'exists_one')).toBe(true);
  expect(has('spec.chaos.scenarios[]', 'independent-failures')).toBe(true);
  expect(has('spec', 'self.dependencies.all')).toBe(true);
  expect(has('spec.dependencies[]', 'has(self.capacity) != has(self.query)')).toBe(true);
});

test('kubectl shows the columns that are promised', () => {
  const columns = version['additionalPrinterColumns'] as readonly { name: string; jsonPath: string }[];
  expect(columns.map(({ name }) => name)).toEqual([
    'Target',
    'Mode',
    'Current',
    'Recommended',
    'Desired',
    'Forecast peak',
    'Model',
    'Reason',
    'Age',
  ]);
  for (const { jsonPath } of columns.filter(({ name }) => name !== 'Age')) {
    const node = jsonPath
      .split('.')
      .slice(1)
      .reduce<CrdNode | undefined>((at, name) => at?.properties?.[name], root);
    expect(node, jsonPath).toBeDefined();
  }
});

test('deploy/crd holds what is generated', () => {
  expect(readFileSync('deploy/crd/predictiveautoscalers.yaml', 'utf8')).toBe(crdYaml());
});
