/**
 * A decision on the wire: instants are ISO 8601 (`decidedAt` for `decidedAtMs`), spans stay numbers of seconds, and
 * what is derived from the decision stands beside it. `decisionFromJson` takes back everything but the derived part,
 * without loss for instants of whole milliseconds, which is what clocks give.
 */
import type { ActuationRecord, ActuationResult } from '../domain/actuation.ts';
import { isoFromMs } from '../domain/clock.ts';
import type { Hold } from '../domain/hold.ts';
import { type Decision, decisionId, desiredReplicas, recommendedReplicas } from '../domain/decision.ts';
import { invalidInput, type Problem } from '../domain/errors.ts';
import { forecastAgeSeconds, QUANTILE_LEVELS } from '../domain/forecast.ts';

/** `T` with every `…Ms` instant under its name without `Ms`, as a string. */
export type Wire<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Wire<Element>[]
    : {
        readonly [Key in keyof T as Key extends `${infer Stem}Ms` ? Stem : Key]: Key extends `${string}Ms`
          ? string
          : Wire<T[Key]>;
      };

/** What the decision API answers. */
export type DecisionBody = Wire<Decision> & {
  readonly id: string;
  readonly currentReplicas: number;
  /** null where nothing was sized. */
  readonly recommendedReplicas: number | null;
  readonly desiredReplicas: number;
  /** Since the end of the newest slot that the forecast knew; null where there is no forecast. */
  readonly forecastAgeSeconds: number | null;
  /** The levels of the columns of `forecast.quantilesRps`. */
  readonly quantileLevels: readonly number[];
  /** What came of it; null where nothing has been recorded (yet). */
  readonly actuation: {
    readonly result: ActuationResult;
    readonly toReplicas: number;
    readonly message: string;
    readonly hold?: Hold;
  } | null;
};

/** Every instant of a Decision by its name on the wire. */
const INSTANTS: ReadonlySet<string> = new Set([
  'at',
  'decidedAt',
  'dueAt',
  'observedAt',
  'endsAt',
  'originAt',
  'peakAt',
  'sinceAt',
  'backlogAt',
  'completeSince',
]);

const REQUIRED = [
  'workload',
  'policyHash',
  'decidedAt',
  'tickSeconds',
  'slo',
  'observed',
  'memory',
  'forecast',
  'guards',
  'outcome',
] as const;

export function decisionToJson(decision: Decision, actuation?: ActuationRecord): DecisionBody {
  return {
    id: decisionId(decision),
    currentReplicas: decision.observed.currentReplicas,
    recommendedReplicas: recommendedReplicas(decision) ?? null,
    desiredReplicas: desiredReplicas(decision),
    forecastAgeSeconds:
      decision.forecast.kind === 'forecast'
        ? forecastAgeSeconds(decision.forecast, decision.decidedAtMs)
        : null,
    ...(toWire(decision) as Wire<Decision>),
    quantileLevels: QUANTILE_LEVELS,
    actuation: actuation ? actuationToJson(actuation) : null,
  };
}

function actuationToJson({ result, toReplicas, message, hold }: ActuationRecord): DecisionBody['actuation'] {
  return { result, toReplicas, message, ...(hold && { hold }) };
}

/**
 * The Decision that `json` was made of; what is derived in it is dropped.
 * @throws PrescaleError `invalidInput` that names what is missing or which instant cannot be read.
 */
export function decisionFromJson(json: unknown): Decision {
  if (!isRecord(json))
    throw invalidInput('decision', [{ path: 'decision', got: shown(json), allowed: 'an object' }]);
  const missing = REQUIRED.filter((key) => json[key] === undefined);
  const problems: Problem[] = missing.map((key) => ({ path: key, got: 'nothing', allowed: 'a value' }));
  const kept = [...REQUIRED, 'startup', 'hpaReplicas', 'sizing'].flatMap((key) =>
    json[key] === undefined ? [] : [[key, json[key]]],
  );
  const decision = fromWire(Object.fromEntries(kept), '', problems);
  if (problems.length > 0) throw invalidInput('decision', problems);
  return decision as Decision;
}

/** The record that stands beside the decision, with what it needs of it. */
export function actuationFromJson({
  actuation,
  workload,
  decidedAt,
}: DecisionBody): ActuationRecord | undefined {
  return actuation ? { workload, decidedAtMs: Date.parse(decidedAt), ...actuation } : undefined;
}

function toWire(value: unknown): unknown {
  if (isFigures(value)) return value;
  if (Array.isArray(value)) return value.map(toWire);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.map(([key, inner]) =>
      key.endsWith('Ms') && typeof inner === 'number'
        ? [key.slice(0, -'Ms'.length), isoFromMs(inner)]
        : [key, toWire(inner)],
    ),
  );
}

function fromWire(value: unknown, path: string, problems: Problem[]): unknown {
  if (isFigures(value)) return value;
  if (Array.isArray(value))
    return value.map((inner, index) => fromWire(inner, `${path}[${index}]`, problems));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const innerPath = path === '' ? key : `${path}.${key}`;
      return INSTANTS.has(key)
        ? [`${key}Ms`, msFromIso(inner, innerPath, problems)]
        : [key, fromWire(inner, innerPath, problems)];
    }),
  );
}

function msFromIso(value: unknown, path: string, problems: Problem[]): number {
  const atMs = typeof value === 'string' ? Date.parse(value) : NaN;
  if (Number.isNaN(atMs)) problems.push({ path, got: shown(value), allowed: 'an ISO 8601 time' });
  return atMs;
}

/** Most of a decision's bulk: quantiles hold no instants, and need no look at each. */
function isFigures(value: unknown): value is readonly number[] {
  return Array.isArray(value) && typeof value[0] === 'number';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
