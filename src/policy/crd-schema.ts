/**
 * zod -> CustomResourceDefinition (apiextensions.k8s.io/v1). The schema must be structural: every node has a type, no
 * unions, no references, no `additionalProperties` beside `properties`; unknown fields are pruned by the API server
 * and reported to kubectl, which asks for that by default.
 */
import { z } from 'zod';
import { API_VERSION, KIND, specSchema } from './policy-schema.ts';
import { statusSchema } from './schema/status-schema.ts';

export interface CrdNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, CrdNode>>;
  readonly items?: CrdNode;
  readonly [keyword: string]: unknown;
}

export interface CrdVersion {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: CrdNode };
  readonly [field: string]: unknown;
}

export interface CustomResourceDefinition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly versions: readonly CrdVersion[];
    readonly [field: string]: unknown;
  };
}

const [GROUP, VERSION] = API_VERSION.split('/');
const PLURAL = 'predictiveautoscalers';

/** What `kubectl get psa` shows. */
const PRINTER_COLUMNS = [
  { name: 'Target', type: 'string', jsonPath: '.spec.scaleTargetRef.name' },
  { name: 'Mode', type: 'string', jsonPath: '.spec.mode' },
  { name: 'Current', type: 'integer', jsonPath: '.status.currentReplicas' },
  { name: 'Recommended', type: 'integer', jsonPath: '.status.recommendedReplicas' },
  { name: 'Desired', type: 'integer', jsonPath: '.status.desiredReplicas' },
  { name: 'Forecast peak', type: 'number', jsonPath: '.status.forecast.peakRps' },
  { name: 'Model', type: 'string', jsonPath: '.status.forecast.model' },
  { name: 'Reason', type: 'string', jsonPath: '.status.reason' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
] as const;

/** The CRD that deploy/crd holds; `prescale crd` prints it. */
export function customResourceDefinition(): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: {
        kind: KIND,
        listKind: `${KIND}List`,
        plural: PLURAL,
        singular: KIND.toLowerCase(),
        shortNames: ['psa'],
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          additionalPrinterColumns: PRINTER_COLUMNS,
          subresources: { status: {} },
          schema: { openAPIV3Schema: rootNode() },
        },
      ],
    },
  };
}

function rootNode(): CrdNode {
  return {
    type: 'object',
    description:
      'A PredictiveAutoscaler forecasts the load of one workload, sizes it with queueing theory, and has the replicas ready before the load.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: `Version of the schema of this object: ${API_VERSION}.` },
      kind: { type: 'string', description: `Kind of this object: ${KIND}.` },
      // The API server allows no description here: it knows metadata itself.
      metadata: { type: 'object' },
      spec: nodeFrom(specSchema),
      status: nodeFrom(statusSchema),
    },
  };
}

function nodeFrom(schema: z.ZodType): CrdNode {
  const node = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    // What a user writes: defaulted fields are not required.
    io: 'input',
    override: ({ jsonSchema }) => makeStructural(jsonSchema),
  }) as CrdNode;
  return withFullDefaults(node);
}

/**
 * The API server judges a block's default before it fills in the defaults within: `{}` would fail the rules that
 * read those, so every default is written out in full.
 */
function withFullDefaults(node: CrdNode): CrdNode {
  if (node.properties === undefined) return node;
  const entries = Object.entries(node.properties).map(
    ([name, child]) => [name, withFullDefaults(child)] as const,
  );
  const full = { ...node, properties: Object.fromEntries(entries) };
  if (node['default'] === undefined) return full;
  const defaults = entries.flatMap(([name, child]) => ('default' in child ? [[name, child['default']]] : []));
  return { ...full, default: Object.fromEntries(defaults) as unknown };
}

/** Takes out of one node what the API server refuses there. */
function makeStructural(node: z.core.JSONSchema.BaseSchema): void {
  delete node.additionalProperties;
  // null is what a nullable field has by itself; the API server would drop the default.
  if (node.default === null) delete node.default;
  // zod's bounds of a safe integer say nothing that the type does not.
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
  if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
  // The format says it all; the pattern is hundreds of characters long.
  if (node.format === 'date-time') delete node.pattern;
  if (node['x-kubernetes-int-or-string'] === true) delete node.anyOf;
}
