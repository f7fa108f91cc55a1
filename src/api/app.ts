import type { IncomingMessage, RequestListener } from 'node:http';
import compression from 'compression';
import express, { type Express, type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { lookFirst } from './auth/gate.ts';
import { requireAdmission } from './auth/require-admission.ts';
import { openApiDocument, type OpenApiDocument } from './openapi/document.ts';
import { createDecisionTexts } from './decision-texts.ts';
import { createFront } from './front.ts';
import { parseInput } from './parse-input.ts';
import type { ApiDeps } from './ports.ts';
import { jsonOnly, methodNotAllowed, notFound, problemHandler } from './problem.ts';
import type { Route } from './route.ts';
import { autoscalerRoutes } from './routes/autoscalers.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { healthRoutes } from './routes/health.ts';
import { historyRoutes } from './routes/history.ts';
import { pageRoutes } from './routes/page.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { openApiRoutes, viewerFiles } from './routes/openapi.ts';
import { sizeRoutes } from './routes/size.ts';
import { streamRoutes } from './routes/stream.ts';
import { trendRoutes } from './routes/trend.ts';
import { whatIfRoutes } from './routes/what-if.ts';
import { securityHeaders } from './security-headers.ts';
import { createTurns, type Line, type ThreadTime } from './turns.ts';
import { asksByName } from './what-if-by-name.ts';

/** Two weeks of one-minute samples as JSON numbers, with room to spare. */
const MAX_BODY_BYTES = 1_000_000;

/** Of decisions that were asked for, about a thousand. */
const MOST_TEXT_CHARACTERS = 16_000_000;

/**
 * Half of the thread is nobody's but the loop's. Who would wait long is refused soon: a few dozen clients that wait for
 * half a second each already make all others wait at their own end (test/bench/api, 64 connections).
 */
const LIMITS = { shareRatio: 0.5, mostWaitSeconds: 0.05, mostInside: 256 };
/** Of seconds: what one who opens a page asks at once. The files of the page are compressed when they are first asked for. */
const BURSTS = { ask: 0.25, page: 2 };

/** What the kubelet and Prometheus ask, and nothing else: it needs no token, so it may be open to the whole cluster. */
export function createProbeApp(
  deps: Pick<ApiDeps, 'metrics' | 'notReadyBecause' | 'onInternalError'>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  for (const route of healthRoutes(deps)) mount(app, route, []);
  app.use(notFound);
  app.use(problemHandler(deps.onInternalError));
  return app;
}

/** The whole API as a listener for a server: no port, nothing global. */
export function createApp(deps: ApiDeps): RequestListener {
  const turns = createTurns({ ...LIMITS, thread: deps.thread });
  const lines = {
    read: turns.line(BURSTS.ask),
    question: turns.line(BURSTS.ask),
    page: turns.line(BURSTS.page),
  };
  const lineOf = ({ method, url = '' }: IncomingMessage): Line | undefined => {
    const kind = kindOf(method, url);
    return kind === 'probe' ? undefined : lines[kind];
  };
  return createFront(lineOf, createApplication(deps, lines));
}

function createApplication(deps: ApiDeps, lines: Lines): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  // All that is told of workloads is below /api; health, metrics, the page and its files are not.
  if (deps.gate) app.use('/api', requireAdmission(deps.gate));
  // Not the stream: it says no-transform, so that nothing waits for a block to be full.
  app.use(compression());
  const readJson = readJsonIn(lines.question, deps.thread);
  for (const route of routesOf(deps)) {
    // To the owner first: what is answered there takes nothing here.
    const forward = deps.forward ? [ifAboutWorkloads(route, deps.forward)] : [];
    const look = lookFirst(route.namespaces ?? namespaceInPath);
    const kind = kindOf(route.method.toUpperCase(), route.path);
    const checks = route.path.startsWith('/api/') && !route.described?.query ? [takesNoQuery] : [];
    if (kind === 'question')
      mount(app, route, [...checks, jsonOnly, ...readJson, ...forward, look], lines.question);
    else if (kind === 'read') mount(app, route, [...checks, ...forward, look], lines.read);
    else mount(app, route, [...checks, ...forward]);
  }
  app.use(viewerFiles());
  app.use(notFound);
  app.use(problemHandler(deps.onInternalError));
  return app;
}

function routesOf(deps: ApiDeps): readonly Route[] {
  const textOf = createDecisionTexts(MOST_TEXT_CHARACTERS);
  const described = [
    ...healthRoutes(deps),
    ...autoscalerRoutes(deps, textOf),
    ...decisionRoutes(deps, textOf),
    ...whatIfRoutes(deps),
    ...sizeRoutes(),
    ...historyRoutes(deps),
    ...trendRoutes(deps),
    ...ledgerRoutes(deps),
    ...streamRoutes(deps),
  ];
  // Made when it is first asked for: most who ask for a decision never read it.
  let document: OpenApiDocument | undefined;
  return [
    ...described,
    ...openApiRoutes(() => (document ??= openApiDocument(described, deps.version))),
    ...pageRoutes(),
  ];
}

/** Health and metrics cost next to nothing, and are what an overload is seen by. */
function kindOf(method: string | undefined, url: string): 'probe' | keyof Lines {
  if (PROBE.test(url)) return 'probe';
  if (method === 'POST') return 'question';
  return url.startsWith('/api/v1/autoscalers') ? 'read' : 'page';
}

const PROBE = /^\/(?:healthz|readyz|metrics)(?:\?|$)/;

interface Lines {
  readonly read: Line;
  readonly question: Line;
  /** The page, its files, documents, the stream's opening, and what there is not. */
  readonly page: Line;
}

/** The body, whose parsing is counted: it is done when the last byte is there, before a turn. */
function readJsonIn(line: Line, thread: ThreadTime): readonly RequestHandler[] {
  const begun = new WeakMap<object, number>();
  return [
    express.json({
      limit: MAX_BODY_BYTES,
      strict: true,
      verify: (request) => void begun.set(request, thread.busyMs()),
    }),
    (request, _response, next) => {
      const nowMs = thread.busyMs();
      line.spent(nowMs - (begun.get(request) ?? nowMs));
      next();
    },
  ];
}

/** A parameter that is passed over would be believed to have done something. */
const takesNoQuery: RequestHandler = (request, _response, next) => {
  parseInput(NO_QUERY, request.query, 'query');
  next();
};
const NO_QUERY = z.strictObject({});

/** Questions about no workload of the fleet are answered by whoever is asked. */
function ifAboutWorkloads({ path }: Route, forward: RequestHandler): RequestHandler {
  if (path.startsWith('/api/v1/autoscalers') || path === '/api/v1/stream') return forward;
  return (request, response, next) => (asksByName(request.body) ? forward(request, response, next) : next());
}

function namespaceInPath({ params }: Request): readonly string[] {
  return params['namespace'] === undefined ? [] : [String(params['namespace'])];
}

function mount(router: Router | Express, route: Route, before: readonly RequestHandler[], line?: Line): void {
  const at = router.route(route.path);
  const handle = line ? inTurn(line, route.handle) : route.handle;
  if (route.method === 'get') at.get(...before, handle).all(methodNotAllowed('GET, HEAD'));
  else at.post(...before, handle).all(methodNotAllowed('POST'));
}

/** Whoever has left while it waited is not answered. */
function inTurn(line: Line, handle: RequestHandler): RequestHandler {
  return (request, response, next) =>
    line.take(() => (response.destroyed ? undefined : handle(request, response, next)));
}
