import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { Route, RouteDescription } from '../route.ts';
import { problemAnswer } from './answer-schemas.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const PARAMETER = /:(\w+)/g;
/** Every path may be asked with a wrong method or Accept, may fail, and may be too much to answer. */
const ALWAYS = [405, 406, 500, 503];
const WITH_BODY = [400, 413, 415, 422];

/** The OpenAPI 3.1 document of the routes that describe themselves. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const { method, path, described } of routes) {
    if (!described) continue;
    const documented = path.replaceAll(PARAMETER, '{$1}');
    paths[documented] = { ...paths[documented], [method]: operation(path, described) };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Prescale decision API',
      version,
      description: 'Why this many replicas: decisions with their full reasoning, what-if, sizing.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
  });
}

function operation(path: string, described: RouteDescription): ZodOpenApiOperationObject {
  const { summary, query, body, answers, problems = [] } = described;
  const names = [...path.matchAll(PARAMETER)].map(([, name]) => name);
  const parameters = Object.fromEntries(names.map((name) => [name, z.string()]));
  const refused = [...problems, ...(names.length > 0 ? [400, 404] : [])];
  // What asks for a token, and takes no query but its own (all but health and metrics).
  if (path.startsWith('/api/')) refused.push(401, 403, 422);
  const statuses = new Set([...ALWAYS, ...(body ? WITH_BODY : []), ...refused]);
  return {
    operationId: operationId(path, body !== undefined),
    summary,
    requestParams: {
      ...(names.length > 0 && { path: z.object(parameters) }),
      ...(query && { query }),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: summary, content: contentOf(answers) },
      ...Object.fromEntries([...statuses].sort().map((status) => [status, problemOf(status)])),
    },
  };
}

/** "/api/v1/autoscalers/:namespace/:name/forecast" -> "getAutoscalersNamespaceNameForecast". */
function operationId(path: string, posts: boolean): string {
  const words = path.replace(/^\/api\/v1/, '').split(/[^a-zA-Z]+/);
  return `${posts ? 'post' : 'get'}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}

function contentOf(answers: RouteDescription['answers']) {
  return Object.fromEntries(Object.entries(answers).map(([type, schema]) => [type, { schema }]));
}

function problemOf(status: number) {
  return {
    description: STATUS_CODES[status] ?? 'Error',
    content: { 'application/problem+json': { schema: problemAnswer } },
  };
}
