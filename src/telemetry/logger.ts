import { pino, stdTimeFunctions } from 'pino';

/** A constant message with key/value pairs: `logger.warn({ workload: 'shop/checkout' }, 'decision changed')`. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What must not be read in a log whoever passes it in: as a field, or one level down. */
const SECRET_FIELDS = ['authorization', 'password', 'token', 'bearerToken', 'secret', 'key', 'cookie'];
/** A name with a dash is written in brackets. */
const PROXIED = '["x-prescale-authorization"]';

export interface LogSink {
  write(line: string): void;
}

/** JSON lines on `sink`, standard error unless a test says otherwise; written at once, so that none is lost at exit. */
export function createLogger(level: LogLevel, sink: LogSink = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          ...SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]),
          ...[PROXIED, `*${PROXIED}`, `*.headers${PROXIED}`],
        ],
        censor: '[redacted]',
      },
    },
    sink,
  );
}
