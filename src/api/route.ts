import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';

/** One path with its one method; any other method there is answered 405. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly handle: RequestHandler;
  /** Whose workloads a request is about; the namespace in the path unless given. */
  readonly namespaces?: (request: Request) => readonly string[];
  /** What the OpenAPI document says of it; absent for what is not of the API (pages and their files). */
  readonly described?: RouteDescription;
}

export interface RouteDescription {
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of 200, by media type; a text where there is no schema. */
  readonly answers: Readonly<Record<string, z.ZodType>>;
  /** Other statuses that it may answer, each a problem. */
  readonly problems?: readonly number[];
}
