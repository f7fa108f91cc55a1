import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import type { OpenApiDocument } from '../openapi/document.ts';
import type { Route } from '../route.ts';

/** The document, and a viewer for it that asks nobody else for anything. */
export function openApiRoutes(document: () => OpenApiDocument): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/openapi.json',
      handle: (_request, response) => void response.json(document()),
    },
    {
      method: 'get',
      path: '/docs',
      handle: (_request, response) => {
        response.set('Content-Security-Policy', VIEWER_POLICY).type('html').send(VIEWER);
      },
    },
    {
      method: 'get',
      path: '/docs/start.js',
      handle: (_request, response) => void response.type('js').send(START),
    },
  ];
}

/** The viewer's files, from the package as it is installed. */
export function viewerFiles(): Router {
  const router = express.Router();
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files: RequestHandler = express.static(folder, { index: false, maxAge: '1d' });
  router.use('/docs/viewer', files);
  return router;
}

/** Its styles are set from script, and its icons are data. */
const VIEWER_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const VIEWER = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prescale decision API</title>
<link rel="stylesheet" href="docs/viewer/swagger-ui.css">
<link rel="icon" href="docs/viewer/favicon-32x32.png">
</head>
<body>
<div id="viewer"></div>
<script src="docs/viewer/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#viewer', deepLinking: true, validatorUrl: null });
`;
