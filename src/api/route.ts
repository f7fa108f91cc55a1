import type { RequestHandler } from 'express';

/** One path with its one method; any other method there is answered 405. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly handle: RequestHandler;
}
