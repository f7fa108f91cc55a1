import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';
import { DASHBOARD_FILES } from '../dashboard-files.ts';
import type { Route } from '../route.ts';

/** Nothing but this server's own files, and nothing inline: a name that somebody gave a workload is never a script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const MIME_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** The dashboard: a closed list of files, read when first asked for and kept. */
export function pageRoutes(): readonly Route[] {
  const assets = new Map<string, Asset>();
  const assetAt = (path: string): Asset => {
    const kept = assets.get(path);
    if (kept) return kept;
    const asset = readAsset(path);
    assets.set(path, asset);
    return asset;
  };
  return [
    {
      method: 'get',
      path: '/',
      handle: (request, response) => send(request, response, assetAt('index.html')),
    },
    ...DASHBOARD_FILES.map((path): Route => ({
      method: 'get',
      path: `/dashboard/${path}`,
      handle: (request, response) => send(request, response, assetAt(path)),
    })),
  ];
}

/** From src/api/routes and from dist/api/routes alike. */
const DASHBOARD_FOLDER = new URL('../../../src/dashboard/', import.meta.url);
const VENDOR_FOLDER = 'vendor/';

function readAsset(path: string): Asset {
  const file = path.startsWith(VENDOR_FOLDER)
    ? createRequire(import.meta.url).resolve(path.slice(VENDOR_FOLDER.length))
    : new URL(path, DASHBOARD_FOLDER);
  const plain = readFileSync(file);
  return {
    type: MIME_TYPES[path.slice(path.lastIndexOf('.') + 1)],
    plain,
    gzipped: gzipSync(plain, { level: 9 }),
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  };
}

function send(request: Request, response: Response, asset: Asset): void {
  response.set({
    'Content-Type': asset.type,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    // Asked again each time, and answered 304 while it is the same: an upgrade shows at once.
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Encoding',
    ETag: asset.etag,
  });
  if (request.fresh) return void response.status(304).end();
  const takesGzip = request.acceptsEncodings('gzip') === 'gzip';
  if (takesGzip) response.set('Content-Encoding', 'gzip');
  response.send(takesGzip ? asset.gzipped : asset.plain);
}
