/** One table for every error that may reach a person or a program. */
export const ERROR_CODES = {
  /** Wrong usage: flags and arguments. */
  usage: { httpStatus: 400, retryable: false, exitCode: 2 },
  /** Input that does not have the form it must have: policy, recording, request body. */
  invalidInput: { httpStatus: 422, retryable: false, exitCode: 2 },
  notFound: { httpStatus: 404, retryable: false, exitCode: 1 },
  sourceUnavailable: { httpStatus: 502, retryable: true, exitCode: 1 },
  overloaded: { httpStatus: 503, retryable: true, exitCode: 1 },
  timeout: { httpStatus: 504, retryable: true, exitCode: 1 },
  internal: { httpStatus: 500, retryable: false, exitCode: 1 },
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing that is wrong with an input: where, what was got, what is allowed. */
export interface Problem {
  /** Dotted path: `spec.cost.replicaHour`, `line 17`, `--speed`. */
  readonly path: string;
  readonly got: string;
  readonly allowed: string;
}

/** The base of all errors that this project throws. Errors are for surprises; expected outcomes are values. */
export class PrescaleError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PrescaleError';
    this.code = code;
    this.problems = options.problems ?? [];
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** "spec.minReplicas: got 0, allowed: integer of at least 1" */
export function problemText(problem: Problem): string {
  return `${problem.path}: got ${problem.got}, allowed: ${problem.allowed}`;
}

/** Every problem of an error on one line; its message where it names none. */
export function problemsText({ problems, message }: PrescaleError): string {
  return problems.map(problemText).join('; ') || message;
}

/** An `invalidInput` error whose message lists every problem, one a line. */
export function invalidInput(what: string, problems: readonly Problem[]): PrescaleError {
  const lines = problems.map((problem) => `  ${problemText(problem)}`);
  return new PrescaleError('invalidInput', [`${what} is not valid:`, ...lines].join('\n'), { problems });
}
