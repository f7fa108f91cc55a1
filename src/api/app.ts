import compression from 'compression';
import express, { type Express, type Request, type RequestHandler, type Router } from 'express';
import { lookFirst } from './auth/gate.ts';
import { requireAdmission } from './auth/require-admission.ts';
import { openApiDocument, type OpenApiDocument } from './openapi/document.ts';
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
import { whatIfRoutes } from './routes/what-if.ts';
import { securityHeaders } from './security-headers.ts';
import { asksByName } from './what-if-by-name.ts';
import { workBudget } from './work-budget.ts';

/** Two weeks of one-minute samples as JSON numbers, with room to spare. */
const MAX_BODY_BYTES = 1_000_000;

/** What questions and reads may take of the thread that decides; a quarter of its time is nobody's but the loop's. */
const QUESTIONS = { shareRatio: 0.25, burstSeconds: 2 };
const READS = { shareRatio: 0.5, burstSeconds: 1 };

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

/** The whole API as an express application: no port, no timers, nothing global. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  // All that is told of workloads is below /api; health, metrics, the page and its files are not.
  if (deps.gate) app.use('/api', requireAdmission(deps.gate));
  // Not the stream: it says no-transform, so that nothing waits for a block to be full.
  app.use(compression());
  const readJson = express.json({ limit: MAX_BODY_BYTES, strict: true });
  const nowMs = deps.monotonicMs;
  const questions = workBudget({ ...QUESTIONS, nowMs });
  const reads = workBudget({ ...READS, nowMs });
  const before = (route: Route): readonly RequestHandler[] => {
    // To the owner first: what is answered there takes nothing here.
    const forward = deps.forward ? [ifAboutWorkloads(route, deps.forward)] : [];
    const look = lookFirst(route.namespaces ?? namespaceInPath);
    const cost = costOf(route);
    if (cost === 'question') return [jsonOnly, questions.admit, readJson, ...forward, look, questions.spend];
    return cost === 'read' ? [...forward, look, reads.spend] : forward;
  };
  for (const route of routesOf(deps)) mount(app, route, before(route));
  app.use(viewerFiles());
  app.use(notFound);
  app.use(problemHandler(deps.onInternalError));
  return app;
}

function routesOf(deps: ApiDeps): readonly Route[] {
  const described = [
    ...healthRoutes(deps),
    ...autoscalerRoutes(deps),
    ...decisionRoutes(deps),
    ...whatIfRoutes(deps),
    ...sizeRoutes(),
    ...historyRoutes(deps),
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

/** Health, metrics, the stream's opening and the page's files cost next to nothing, and are what an overload is seen by. */
function costOf({ method, path }: Route): 'question' | 'read' | 'free' {
  if (method === 'post') return 'question';
  return path.startsWith('/api/v1/autoscalers') ? 'read' : 'free';
}

/** Questions about no workload of the fleet are answered by whoever is asked. */
function ifAboutWorkloads({ path }: Route, forward: RequestHandler): RequestHandler {
  if (path.startsWith('/api/v1/autoscalers') || path === '/api/v1/stream') return forward;
  return (request, response, next) => (asksByName(request.body) ? forward(request, response, next) : next());
}

function namespaceInPath({ params }: Request): readonly string[] {
  return params['namespace'] === undefined ? [] : [String(params['namespace'])];
}

function mount(router: Router | Express, route: Route, before: readonly RequestHandler[]): void {
  const at = router.route(route.path);
  if (route.method === 'get') at.get(...before, route.handle).all(methodNotAllowed('GET, HEAD'));
  else at.post(...before, route.handle).all(methodNotAllowed('POST'));
}
