import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { DURATION_FORM, secondsFromDuration } from '../../domain/duration.ts';
import { invalidInput, type Problem } from '../../domain/errors.ts';
import { problemsFromIssues } from '../../policy/policy-problems.ts';

/** How to reach one Prometheus (or what speaks its API). Secrets are files, read again when they are used. */
export interface PrometheusConfig {
  readonly name: string;
  /** http or https, without credentials; may have a path that the API lies below. */
  readonly url: URL;
  /** Others that hold the same data (an HA pair, several queriers), asked when the first one is late or fails. */
  readonly replicas: readonly URL[];
  /** For one request, from the first byte to the last. */
  readonly timeoutSeconds: number;
  /** Requests and connections at a time. */
  readonly concurrency: number;
  readonly maxAnswerBytes: number;
  readonly auth: PrometheusAuth;
  /** PEM files; null: the certificates that the runtime trusts, no client certificate. */
  readonly caFile: string | null;
  readonly clientCertificate: { readonly certFile: string; readonly keyFile: string } | null;
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

export type PrometheusAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly tokenFile: string }
  | { readonly kind: 'basic'; readonly username: string; readonly passwordFile: string };

export type HeaderValue = { readonly value: string } | { readonly file: string };

/** The name of the source that `--prometheus URL` is. */
export const DEFAULT_SOURCE = 'default';

const DEFAULT_TIMEOUT_SECONDS = 5;
const DEFAULT_CONCURRENCY = 8;
/** 11,000 points of one series are about 350 kB. */
const DEFAULT_MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const URL_FORM = 'an http or https URL without credentials, such as https://prometheus.example:9090';
const SECRET_HEADERS: readonly string[] = ['authorization', 'proxy-authorization', 'cookie'];

const file = z.string().min(1, 'the path of a file');
const duration = z
  .string(DURATION_FORM)
  .refine((text) => (secondsFromDuration(text) ?? 0) > 0, `${DURATION_FORM}, above 0`)
  .transform((text) => secondsFromDuration(text)!);
const auth = z
  .strictObject({
    bearerTokenFile: file.optional(),
    username: z.string('the user name as text').min(1, 'a user name').optional(),
    passwordFile: file.optional(),
  })
  .refine(
    ({ bearerTokenFile, username, passwordFile }) =>
      bearerTokenFile === undefined
        ? username !== undefined && passwordFile !== undefined
        : username === undefined && passwordFile === undefined,
    'either bearerTokenFile, or username and passwordFile',
  );
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const headerText = z.string('text, or { file }').regex(/^[\t\x20-\x7e]*$/, 'printable ASCII on one line');
const headers = z
  .record(
    z.string(),
    z.union([headerText, z.strictObject({ file })], 'printable ASCII on one line, or { file }'),
  )
  .refine((named) => Object.keys(named).every((name) => HEADER_NAME.test(name)), 'names of HTTP headers')
  .refine(
    (named) => !Object.keys(named).some((name) => SECRET_HEADERS.includes(name.toLowerCase())),
    `any headers but ${SECRET_HEADERS.join(', ')}: use auth`,
  );
const source = z
  .strictObject({
    url: z.string(URL_FORM).refine(isPlainUrl, URL_FORM),
    replicas: z.array(z.string(URL_FORM).refine(isPlainUrl, URL_FORM)).max(8, 'at most 8').default([]),
    timeout: duration.default(DEFAULT_TIMEOUT_SECONDS),
    concurrency: z
      .int('a whole number')
      .min(1, 'at least 1')
      .max(256, 'at most 256')
      .default(DEFAULT_CONCURRENCY),
    maxAnswerBytes: z.int('a whole number').min(65_536, 'at least 65536').default(DEFAULT_MAX_ANSWER_BYTES),
    auth: auth.optional(),
    caFile: file.optional(),
    certFile: file.optional(),
    keyFile: file.optional(),
    headers: headers.default({}),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['certFile'],
    error: 'certFile and keyFile together, or neither',
  })
  .refine(
    ({ url, replicas, caFile, certFile }) =>
      isAllHttps([url, ...replicas]) || (caFile ?? certFile) === undefined,
    {
      path: ['url'],
      error: 'an https URL where caFile or certFile is given',
    },
  );
const SOURCE_NAME = /^[\w.-]+$/;
const SOURCES_FORM = 'named sources, at least one: <name>: { url: … }';

type SourceInput = z.output<typeof source>;

function isAllHttps(urls: readonly string[]): boolean {
  return urls.every((url) => url.startsWith('https:'));
}

function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  return isHttp && `${url.username}${url.password}${url.search}${url.hash}` === '';
}

/** The source that `--prometheus URL` names. Throws `invalidInput`, without repeating what may be a password. */
export function prometheusConfigFromUrl(url: string): PrometheusConfig {
  if (!isPlainUrl(url))
    throw invalidInput('the Prometheus', [{ path: '--prometheus', got: 'another form', allowed: URL_FORM }]);
  return compile(DEFAULT_SOURCE, source.parse({ url }), '.');
}

/**
 * `--prometheus-config FILE`: YAML of named sources. Paths in it are relative to the file's folder. Throws
 * `invalidInput` that lists every problem.
 */
export async function loadPrometheusConfig(path: string): Promise<readonly PrometheusConfig[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw invalid(path, [
      { path: 'file', got: error.code ?? error.message, allowed: 'a readable YAML file' },
    ]);
  });
  return parsePrometheusConfig(parsedYaml(path, text), path);
}

/** Named sources as plain data -> compiled configurations; `path` names them in errors and anchors relative paths. */
export function parsePrometheusConfig(input: unknown, path: string): readonly PrometheusConfig[] {
  const isMap = typeof input === 'object' && input !== null && !Array.isArray(input);
  const named = isMap ? Object.entries(input) : [];
  if (named.length === 0)
    throw invalid(path, [
      { path: 'document', got: isMap ? 'no source' : 'another form', allowed: SOURCES_FORM },
    ]);
  const parsed = named.map(([name, one]) => ({ name, result: source.safeParse(one), input: one as unknown }));
  const problems = parsed.flatMap((one) => [...nameProblems(one.name), ...sourceProblems(one)]);
  if (problems.length > 0) throw invalid(path, problems);
  return parsed.flatMap(({ name, result }) =>
    result.success ? [compile(name, result.data, dirname(path))] : [],
  );
}

function nameProblems(name: string): Problem[] {
  if (SOURCE_NAME.test(name)) return [];
  return [{ path: JSON.stringify(name), got: 'this name', allowed: 'a name of letters, digits, - _ .' }];
}

function sourceProblems(one: {
  readonly name: string;
  readonly result: z.ZodSafeParseResult<SourceInput>;
  readonly input: unknown;
}): Problem[] {
  if (one.result.success) return [];
  return problemsFromIssues(one.result.error.issues, one.input, source).map(({ path, got, allowed }) => ({
    path: path === 'document' ? one.name : `${one.name}.${path}`,
    got: MAY_HOLD_SECRETS.test(path) ? 'another form' : got,
    allowed,
  }));
}

/** What is refused there may be so for the password in it, so it is not repeated. */
const MAY_HOLD_SECRETS = /^(?:url|replicas|auth|headers)\b/;

function parsedYaml(path: string, text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' }) as unknown;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line ?? 1;
    throw invalid(path, [{ path: `line ${line}`, got: error.code, allowed: 'YAML' }]);
  }
}

function invalid(path: string, problems: readonly Problem[]): Error {
  return invalidInput(`Prometheus configuration ${path}`, problems);
}

function compile(name: string, input: SourceInput, folder: string): PrometheusConfig {
  const at = (path: string) => resolve(folder, path);
  const { caFile, certFile, keyFile } = input;
  return {
    name,
    url: new URL(input.url),
    replicas: input.replicas.map((url) => new URL(url)),
    timeoutSeconds: input.timeout,
    concurrency: input.concurrency,
    maxAnswerBytes: input.maxAnswerBytes,
    auth: compileAuth(input.auth, at),
    caFile: caFile === undefined ? null : at(caFile),
    clientCertificate:
      certFile === undefined || keyFile === undefined
        ? null
        : { certFile: at(certFile), keyFile: at(keyFile) },
    headers: Object.fromEntries(
      Object.entries(input.headers).map(([header, value]) => [
        header,
        typeof value === 'string' ? { value } : { file: at(value.file) },
      ]),
    ),
  };
}

function compileAuth(input: SourceInput['auth'], at: (path: string) => string): PrometheusAuth {
  if (input?.bearerTokenFile !== undefined) return { kind: 'bearer', tokenFile: at(input.bearerTokenFile) };
  if (input?.username !== undefined && input.passwordFile !== undefined)
    return { kind: 'basic', username: input.username, passwordFile: at(input.passwordFile) };
  return { kind: 'none' };
}
