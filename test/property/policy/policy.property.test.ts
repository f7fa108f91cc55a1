import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { durationFromSeconds } from '../../../src/domain/duration.ts';
import { PrescaleError } from '../../../src/domain/errors.ts';
import { MODEL_NAMES } from '../../../src/domain/forecast.ts';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicy } from '../../../src/policy/parse-policy.ts';
import { DISPATCHES } from '../../../src/policy/policy.ts';
import { parsePolicyText } from '../../../src/policy/policy-text.ts';
import { canonicalJson, fnv1a64 } from '../../../src/policy/policy-hash.ts';
import { changed, CHECKOUT_YAML } from '../../builders/policy-document.ts';

const seconds = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map(durationFromSeconds);
const ratio = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const price = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
const names = (maxLength: number): fc.Arbitrary<string[]> => fc.uniqueArray(name, { maxLength });
const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

const scalingRules = fc.record({
  stabilizationWindowSeconds: optional(fc.integer({ min: 0, max: 3600 })),
  selectPolicy: optional(fc.constantFrom('Max', 'Min', 'Disabled')),
  policies: optional(
    fc.array(
      fc.record({
        type: fc.constantFrom('Pods', 'Percent'),
        value: fc.integer({ min: 1, max: 1000 }),
        periodSeconds: fc.integer({ min: 1, max: 1800 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  ),
  tolerance: optional(fc.constantFrom(0, 0.05, '0.1', '100m', '5e-2')),
});

const percent = fc.integer({ min: 0, max: 99 }).map((share) => `${share}%`);
const effect = fc.oneof(
  fc.record({ capacityLoss: ratio }),
  fc.record({ zones: fc.integer({ min: 2, max: 100 }) }),
  fc.record({
    rollout: fc.record({
      maxUnavailable: fc.oneof(percent, fc.integer({ min: 0, max: 500 })),
      maxSurge: fc.oneof(percent, fc.integer({ min: 0, max: 500 })),
    }),
  }),
  fc.record({ replicasPerNode: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ arrivalRateMultiplier: ratio.map((share) => 1 + share) }),
  fc.record({ serviceRateMultiplier: ratio }),
);

/** Valid documents, drawn so that the rules between fields hold. */
const documents = fc
  .record({
    names: fc.tuple(name, name, name),
    paused: fc.constantFrom('true', 'false'),
    replicas: fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 })),
    delaySeconds: fc.integer({ min: 0, max: 300 }),
    staleSeconds: fc.integer({ min: 1, max: 3600 }),
    serversPerReplica: fc.integer({ min: 1, max: 50 }),
    queueRoom: optional(fc.integer({ min: 0, max: 1000 })),
    startupSeconds: fc.integer({ min: 0, max: 1800 }),
    stepSeconds: fc.integer({ min: 1, max: 300 }),
    horizonSlackSeconds: fc.integer({ min: 0, max: 600 }),
    lookbackSteps: fc.integer({ min: 2, max: 20_000 }),
    serviceRateRps: price,
    dispatch: fc.constantFrom(...DISPATCHES),
    mode: fc.constantFrom('Recommend', 'Scale', 'Floor'),
    slo: fc.record({ responseTime: seconds(1, 100), objective: ratio, patience: fc.option(seconds(1, 100)) }),
    prices: optional(fc.record({ replicaHour: price, violation: price, switching: price })),
    models: fc.uniqueArray(fc.constantFrom(...MODEL_NAMES), { minLength: 1 }),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'),
    eventNames: names(5),
    scenarioNames: names(4),
    effect,
    scaleUp: optional(scalingRules),
    scaleDown: optional(scalingRules),
    share: ratio,
  })
  .map((drawn) => {
    const { replicas, stepSeconds, startupSeconds } = drawn;
    const required = drawn.prices === undefined;
    return {
      apiVersion: 'prescale.dev/v1alpha1',
      kind: 'PredictiveAutoscaler',
      metadata: {
        namespace: drawn.names[0],
        name: drawn.names[1],
        annotations: { 'prescale.dev/paused': drawn.paused },
      },
      spec: {
        scaleTargetRef: { name: drawn.names[2] },
        mode: drawn.mode,
        minReplicas: replicas[0],
        maxReplicas: replicas[0] + replicas[1],
        metrics: {
          delay: durationFromSeconds(drawn.delaySeconds),
          staleAfter: durationFromSeconds(drawn.delaySeconds + drawn.staleSeconds),
          arrivalRate: { query: 'rps' },
        },
        capacity: {
          serviceRateRps: drawn.serviceRateRps,
          serversPerReplica: drawn.serversPerReplica,
          startupTime: durationFromSeconds(startupSeconds),
          dispatch: drawn.dispatch,
          scalability: { contention: drawn.share },
          queueLimit: drawn.queueRoom === undefined ? null : drawn.serversPerReplica + drawn.queueRoom,
        },
        slo: drawn.slo,
        ...(drawn.prices === undefined ? {} : { cost: drawn.prices }),
        forecast: {
          step: durationFromSeconds(stepSeconds),
          horizon: durationFromSeconds(
            Math.min(startupSeconds + stepSeconds + drawn.horizonSlackSeconds, 2880 * stepSeconds),
          ),
          lookback: durationFromSeconds(stepSeconds * drawn.lookbackSteps),
          models: drawn.models,
        },
        timeZone: drawn.timeZone,
        events: drawn.eventNames.map((event, index) => ({
          name: event,
          start: `2026-11-${10 + index}T00:00:00Z`,
          end: `2026-11-${10 + index}T08:30:00+02:00`,
          arrivalRateMultiplier: 0.5 + index,
        })),
        chaos: {
          scenarios: drawn.scenarioNames.map((scenario) => ({
            name: scenario,
            probability: drawn.share,
            ...drawn.effect,
            recovery: '10m',
            required,
          })),
        },
        behavior: {
          ...(drawn.scaleUp === undefined ? {} : { scaleUp: defined(drawn.scaleUp) }),
          ...(drawn.scaleDown === undefined ? {} : { scaleDown: defined(drawn.scaleDown) }),
        },
      },
    };
  })
  // The horizon is cut to the most steps that are allowed; where that is less than the start-up time, it is not valid.
  .filter(({ spec }) => isLongEnough(spec));

function isLongEnough({
  capacity,
  forecast,
}: {
  capacity: { startupTime: string };
  forecast: { horizon: string; step: string };
}): boolean {
  const inSeconds = (text: string): number =>
    [...text.matchAll(/(\d+)([smhd])/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit]!,
      0,
    );
  return inSeconds(forecast.horizon) >= inSeconds(capacity.startupTime) + inSeconds(forecast.step);
}

function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

test('every valid document compiles; all its numbers are finite and none is negative', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const policy = compilePolicy(parsePolicy(document));
      expect(numbersIn(policy).every((number) => Number.isFinite(number) && number >= 0)).toBe(true);
      expect(policy.minReplicas).toBeLessThanOrEqual(policy.maxReplicas);
      expect(policy.metrics.staleAfterSeconds).toBeGreaterThan(policy.metrics.delaySeconds);
      expect(policy.forecast.horizonSeconds).toBeGreaterThanOrEqual(
        policy.capacity.startupSeconds + policy.forecast.stepSeconds,
      );
    }),
  );
});

test('a document with its defaults filled in is the document that parses to itself', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const parsed = parsePolicy(document);
      expect(parsePolicy(parsed)).toEqual(parsed);
    }),
  );
});

test('YAML and JSON text say the same as the value, and give the same hash', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const policy = compilePolicy(parsePolicy(document));
      for (const text of [stringify(document), JSON.stringify(document)])
        expect(parsePolicyText(text).map((one) => compilePolicy(one))).toEqual([policy]);
    }),
    { numRuns: 50 },
  );
});

test('two policies have the same hash when, and only when, they decide alike', () => {
  const relevant = (document: unknown): string => {
    const {
      policyHash: _h,
      workload: _w,
      target: _t,
      mode: _m,
      cost,
      ...judged
    } = compilePolicy(parsePolicy(document));
    return canonicalJson({ ...judged, cost: { ...cost, currency: null } });
  };
  fc.assert(
    fc.property(documents, documents, (one, other) => {
      const mixed = { ...one, metadata: { ...other.metadata, annotations: one.metadata.annotations } };
      const hash = (document: unknown): string => compilePolicy(parsePolicy(document)).policyHash;
      expect(hash(one) === hash(other)).toBe(relevant(one) === relevant(other));
      expect(hash(mixed)).toBe(hash(one));
    }),
  );
});

test('FNV-1a agrees with arithmetic on big integers', () => {
  const reference = (text: string): string => {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(text))
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    return hash.toString(16).padStart(16, '0');
  };
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(fnv1a64(text)).toBe(reference(text));
    }),
  );
});

/** Runs it; anything but an answer or a refusal that says why is a fault. */
function answersOrRefuses(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(PrescaleError);
    const refusal = error as PrescaleError;
    expect(refusal.code).toBe('invalidInput');
    expect(refusal.problems.length).toBeGreaterThan(0);
    expect(refusal.message.length).toBeLessThan(50_000);
  }
}

const checkout = parse(CHECKOUT_YAML) as object;
const paths = (value: unknown, path: string): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) => [`${path}${key}`, ...paths(child, `${path}${key}.`)])
    : [];

test('whatever takes the place of a field, the policy compiles or is refused with a reason', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...paths(checkout, '')),
      fc.anything({ withNullPrototype: true }),
      (path, value) => {
        answersOrRefuses(() => compilePolicy(parsePolicy(changed(checkout, { [path]: value }))));
      },
    ),
    { numRuns: 300 },
  );
});

test('any text is read or refused with a reason', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  const spoiled = fc
    .tuple(fc.nat(CHECKOUT_YAML.length), fc.nat(30), fc.string({ maxLength: 10 }))
    .map(([at, cut, insert]) => CHECKOUT_YAML.slice(0, at) + insert + CHECKOUT_YAML.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(anyText, spoiled), (text) => {
      answersOrRefuses(() => parsePolicyText(text).map((one) => compilePolicy(one)));
    }),
    { numRuns: 300 },
  );
});
