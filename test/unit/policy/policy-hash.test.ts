import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicy } from '../../../src/policy/parse-policy.ts';
import { canonicalJson, fnv1a64 } from '../../../src/policy/policy-hash.ts';
import { changed, CHECKOUT_YAML } from '../../builders/policy-document.ts';

const checkout: unknown = parse(CHECKOUT_YAML);
const hashOf = (document: unknown): string => compilePolicy(parsePolicy(document)).policyHash;

// Published values: http://www.isthe.com/chongo/src/fnv/test_fnv.c
test.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['b', 'af63df4c8601f1a5'],
  ['foobar', '85944171f73967e8'],
])('FNV-1a of "%s"', (text, expected) => {
  expect(fnv1a64(text)).toBe(expected);
});

test('canonical JSON does not depend on the order of keys, and tells lists in another order apart', () => {
  expect(canonicalJson({ b: [1, { y: 1, x: null }], a: 'é' })).toBe('{"a":"é","b":[1,{"x":null,"y":1}]}');
  expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }));
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test.each<[string, Record<string, unknown>]>([
  ['paused', { 'metadata.annotations': { 'prescale.dev/paused': 'true' } }],
  ['minReplicas', { 'spec.minReplicas': 3 }],
  ['maxReplicas', { 'spec.maxReplicas': 61 }],
  ['metrics source', { 'spec.metrics.source': 'other' }],
  ['metrics delay', { 'spec.metrics.delay': '31s' }],
  ['staleAfter', { 'spec.metrics.staleAfter': '3m' }],
  ['a query', { 'spec.metrics.arrivalRate.query': 'rps' }],
  ['a context query', { 'spec.metrics.latency': { query: 'l' } }],
  ['service rate', { 'spec.capacity.serviceRateRps': 26 }],
  ['servers', { 'spec.capacity.serversPerReplica': 7 }],
  ['start-up', { 'spec.capacity.startupTime': '91s' }],
  ['dispatch', { 'spec.capacity.dispatch': 'Central' }],
  ['contention', { 'spec.capacity.scalability.contention': 0.01 }],
  ['arrivals that vary', { 'spec.capacity.variability.arrivals': 2 }],
  ['services that vary', { 'spec.capacity.variability.service': 0.5 }],
  ['coherency', { 'spec.capacity.scalability.coherency': 0.001 }],
  ['queue limit', { 'spec.capacity.queueLimit': 100 }],
  ['response time', { 'spec.slo.responseTime': '251ms' }],
  ['objective', { 'spec.slo.objective': 0.98 }],
  ['patience', { 'spec.slo.patience': '2s' }],
  ['replica price', { 'spec.cost.replicaHour': 0.13 }],
  ['violation price', { 'spec.cost.violation': 0.0005 }],
  ['switching price', { 'spec.cost.switching': 0.002 }],
  ['horizon', { 'spec.forecast.horizon': '16m' }],
  ['step', { 'spec.forecast.step': '30s' }],
  ['lookback', { 'spec.forecast.lookback': '7d' }],
  ['models', { 'spec.forecast.models': ['arima', 'lstm', 'moving-average'] }],
  ['confidence', { 'spec.forecast.minConfidence': 0.7 }],
  ['the class of workloads', { 'spec.forecast.class': 'web' }],
  ['time zone', { 'spec.timeZone': 'UTC' }],
  ['an event', { 'spec.events.0.arrivalRateMultiplier': 3 }],
  ['safety factor', { 'spec.chaos.safetyFactor': 1 }],
  ['availability', { 'spec.chaos.availability': 0.99 }],
  ['how often a replica is down', { 'spec.chaos.replicaDownProbability': 0.05 }],
  ["a scenario's availability", { 'spec.chaos.scenarios.0.availability': 0.99 }],
  ['a scenario', { 'spec.chaos.scenarios.0.capacityLoss': 0.5 }],
  ['a dependency', { 'spec.dependencies': [{ name: 'db', limitPerReplica: 1, capacity: 500 }] }],
  ['behavior', { 'spec.behavior.scaleDown.stabilizationWindowSeconds': 599 }],
  ['tolerance', { 'spec.behavior.scaleUp.tolerance': 0.1 }],
])('the hash changes with %s', (_name, change) => {
  expect(hashOf(changed(checkout, change))).not.toBe(hashOf(checkout));
});

test.each<[string, Record<string, unknown>]>([
  ['the mode', { 'spec.mode': 'Scale' }],
  ['the currency', { 'spec.cost.currency': 'EUR' }],
  ['the name', { 'metadata.name': 'cart' }],
  ['the namespace', { 'metadata.namespace': 'other' }],
  ['the target', { 'spec.scaleTargetRef.kind': 'StatefulSet' }],
  ['labels', { 'metadata.labels': { team: 'shop' } }],
  ["someone else's annotation", { 'metadata.annotations': { owner: 'shop' } }],
  ['the status', { status: { currentReplicas: 3 } }],
  ['another way to write a duration', { 'spec.forecast.horizon': '900s' }],
  ['another way to write a quantity', { 'spec.behavior.scaleDown.tolerance': 0.05 }],
  ['another way to write an instant', { 'spec.events.0.start': '2026-11-26T23:00:00Z' }],
  ['a default that is written out', { 'spec.behavior.scaleUp.selectPolicy': 'Max' }],
])('the hash does not change with %s', (_name, change) => {
  expect(hashOf(changed(checkout, change))).toBe(hashOf(checkout));
});
