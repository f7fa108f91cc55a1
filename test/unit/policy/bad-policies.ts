/** What is wrong, as a change to the checkout policy, and the one problem that must be named. */
export interface BadPolicy {
  readonly name: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly path: string;
  /** Of the problem's text. */
  readonly says: string;
}

const START = '2026-11-27T00:00:00Z';
const END = '2026-11-28T00:00:00Z';
const sale = { name: 'sale', start: START, end: END, arrivalRateMultiplier: 2 };
const zoneLoss = { name: 'zone-loss', probability: 0.01, capacityLoss: 0.3, recovery: '10m' };
const trouble = { name: 'trouble', probability: 0.01, recovery: '10m' };
const database = { name: 'db', limitPerReplica: 10, capacity: 500 };

export const BAD_POLICIES: readonly BadPolicy[] = [
  // Unknown fields, with the field that was meant.
  {
    name: 'a misspelled field of the spec',
    change: { 'spec.minReplica': 2 },
    path: 'spec.minReplica',
    says: 'did you mean minReplicas?',
  },
  {
    name: 'a field of another block',
    change: { 'spec.slo.violation': 1 },
    path: 'spec.slo.violation',
    says: 'fields here are responseTime, objective, patience',
  },
  {
    name: 'a misspelled field of a list entry',
    change: { 'spec.events.0.arrivalRateMultiplyer': 2 },
    path: 'spec.events[0].arrivalRateMultiplyer',
    says: 'did you mean arrivalRateMultiplier?',
  },
  {
    name: 'a field in a block without fields',
    change: {
      'spec.capacity.serviceRateRps': undefined,
      'spec.capacity.estimate': { from: 'cpu' },
      'spec.metrics.throughput': { query: 'sum(done)' },
      'spec.metrics.busySlots': { query: 'sum(busy)' },
    },
    path: 'spec.capacity.estimate.from',
    says: 'no fields here',
  },
  { name: 'an unknown field of the document', change: { data: {} }, path: 'data', says: 'unknown field' },
  {
    name: 'a misspelled annotation of ours',
    change: { 'metadata.annotations': { 'prescale.dev/pause': 'true' } },
    path: 'metadata.annotations["prescale.dev/pause"]',
    says: 'did you mean prescale.dev/paused?',
  },
  // Document.
  {
    name: 'another API version',
    change: { apiVersion: 'prescale.dev/v1' },
    path: 'apiVersion',
    says: 'got "prescale.dev/v1", allowed: prescale.dev/v1alpha1',
  },
  {
    name: 'another kind',
    change: { kind: 'HorizontalPodAutoscaler' },
    path: 'kind',
    says: 'PredictiveAutoscaler',
  },
  { name: 'no name', change: { 'metadata.name': undefined }, path: 'metadata.name', says: 'got nothing' },
  {
    name: 'a name that Kubernetes refuses',
    change: { 'metadata.name': 'Check Out' },
    path: 'metadata.name',
    says: 'lower-case',
  },
  {
    name: 'paused by something that is not true or false',
    change: { 'metadata.annotations': { 'prescale.dev/paused': 'yes' } },
    path: 'metadata.annotations["prescale.dev/paused"]',
    says: '"true" or "false"',
  },
  {
    name: 'an annotation that is not a text',
    change: { 'metadata.annotations': { note: 1 } },
    path: 'metadata.annotations.note',
    says: 'put it in quotes',
  },
  {
    name: 'no spec',
    change: { spec: undefined },
    path: 'spec',
    says: 'a mapping with the fields scaleTargetRef',
  },
  { name: 'a spec that is a list', change: { spec: [] }, path: 'spec', says: 'got an empty list' },
  // Replicas and mode.
  {
    name: 'no target name',
    change: { 'spec.scaleTargetRef.name': undefined },
    path: 'spec.scaleTargetRef.name',
    says: 'got nothing',
  },
  {
    name: 'a mode that there is not',
    change: { 'spec.mode': 'scale' },
    path: 'spec.mode',
    says: 'did you mean Scale? one of Recommend, Scale, Floor',
  },
  { name: 'scale to zero', change: { 'spec.minReplicas': 0 }, path: 'spec.minReplicas', says: 'KEDA' },
  {
    name: 'fewer than no replicas',
    change: { 'spec.minReplicas': -1 },
    path: 'spec.minReplicas',
    says: 'at least 0',
  },
  {
    name: 'half a replica',
    change: { 'spec.maxReplicas': 2.5 },
    path: 'spec.maxReplicas',
    says: 'got 2.5, allowed: a whole number',
  },
  {
    name: 'replicas as text',
    change: { 'spec.maxReplicas': '60' },
    path: 'spec.maxReplicas',
    says: 'got "60"',
  },
  {
    name: 'no maximum',
    change: { 'spec.maxReplicas': undefined },
    path: 'spec.maxReplicas',
    says: 'got nothing',
  },
  {
    name: 'more replicas than any cluster has',
    change: { 'spec.maxReplicas': 1e9 },
    path: 'spec.maxReplicas',
    says: 'at most 100000',
  },
  {
    name: 'a minimum above the maximum',
    change: { 'spec.minReplicas': 61 },
    path: 'spec.minReplicas',
    says: 'got 61, allowed: at most maxReplicas (60)',
  },
  // Metrics.
  {
    name: 'no arrival rate',
    change: { 'spec.metrics.arrivalRate': undefined },
    path: 'spec.metrics.arrivalRate',
    says: 'a mapping with the fields query',
  },
  {
    name: 'an empty query',
    change: { 'spec.metrics.arrivalRate.query': '' },
    path: 'spec.metrics.arrivalRate.query',
    says: 'got "", allowed: a text of 1 to',
  },
  {
    name: 'a duration without its unit',
    change: { 'spec.metrics.delay': 30 },
    path: 'spec.metrics.delay',
    says: 'got 30, allowed: a duration such as',
  },
  {
    name: 'a duration in another form',
    change: { 'spec.metrics.delay': '30 s' },
    path: 'spec.metrics.delay',
    says: 'a duration such as',
  },
  {
    name: 'a duration of centuries',
    change: { 'spec.metrics.staleAfter': '99999d' },
    path: 'spec.metrics.staleAfter',
    says: 'at most 366d',
  },
  {
    name: 'samples that are stale before they are usable',
    change: { 'spec.metrics.delay': '3m' },
    path: 'spec.metrics.staleAfter',
    says: 'at least delay (3m)',
  },
  // Capacity.
  {
    name: 'neither a service rate nor its estimate',
    change: { 'spec.capacity.serviceRateRps': undefined },
    path: 'spec.capacity.serviceRateRps',
    says: 'exactly one of serviceRateRps and estimate',
  },
  {
    name: 'a service rate and its estimate',
    change: { 'spec.capacity.estimate': {} },
    path: 'spec.capacity.serviceRateRps',
    says: 'both',
  },
  {
    name: 'an estimate with nothing to learn from',
    change: { 'spec.capacity.serviceRateRps': undefined, 'spec.capacity.estimate': {} },
    path: 'spec.capacity.estimate',
    says: 'no metrics.throughput',
  },
  {
    name: 'an estimate from completions alone',
    change: {
      'spec.capacity.serviceRateRps': undefined,
      'spec.capacity.estimate': {},
      'spec.metrics.throughput': { query: 'sum(done)' },
      'spec.metrics.cpuUtilization': undefined,
    },
    path: 'spec.capacity.estimate',
    says: 'no metrics.busySlots',
  },
  {
    name: 'an estimate from CPU of nobody knows how many replicas',
    change: {
      'spec.capacity.serviceRateRps': undefined,
      'spec.capacity.estimate': {},
      'spec.metrics.throughput': { query: 'sum(done)' },
      'spec.metrics.cpuUtilization': { query: 'avg(cpu)' },
    },
    path: 'spec.capacity.estimate',
    says: 'no metrics.readyReplicas',
  },
  {
    name: 'an estimate under a scalability law without replicas',
    change: {
      'spec.capacity.serviceRateRps': undefined,
      'spec.capacity.estimate': {},
      'spec.capacity.scalability.contention': 0.1,
      'spec.metrics.throughput': { query: 'sum(done)' },
      'spec.metrics.busySlots': { query: 'sum(busy)' },
    },
    path: 'spec.capacity.estimate',
    says: 'no metrics.readyReplicas',
  },
  {
    name: 'a service rate of zero',
    change: { 'spec.capacity.serviceRateRps': 0 },
    path: 'spec.capacity.serviceRateRps',
    says: 'above 0',
  },
  {
    name: 'a service rate that is no number',
    change: { 'spec.capacity.serviceRateRps': Number.NaN },
    path: 'spec.capacity.serviceRateRps',
    says: 'got NaN',
  },
  {
    name: 'an infinite service rate',
    change: { 'spec.capacity.serviceRateRps': Infinity },
    path: 'spec.capacity.serviceRateRps',
    says: 'got Infinity',
  },
  {
    name: 'no servers',
    change: { 'spec.capacity.serversPerReplica': 0 },
    path: 'spec.capacity.serversPerReplica',
    says: 'at least 1',
  },
  {
    name: 'a dispatch that there is not',
    change: { 'spec.capacity.dispatch': 'RoundRobbin' },
    path: 'spec.capacity.dispatch',
    says: 'did you mean RoundRobin?',
  },
  {
    name: 'contention of everything',
    change: { 'spec.capacity.scalability.contention': 1 },
    path: 'spec.capacity.scalability.contention',
    says: 'below 1',
  },
  {
    name: 'a negative variability',
    change: { 'spec.capacity.variability.service': -0.5 },
    path: 'spec.capacity.variability.service',
    says: 'at least 0',
  },
  {
    name: 'variability together with losses',
    change: { 'spec.capacity.variability.arrivals': 4, 'spec.slo.patience': '2s' },
    path: 'spec.capacity.variability',
    says: '1 and 1 together with capacity.queueLimit or slo.patience',
  },
  {
    name: 'a queue limit below the servers',
    change: { 'spec.capacity.queueLimit': 4 },
    path: 'spec.capacity.queueLimit',
    says: 'at least serversPerReplica (8)',
  },
  // SLO and cost.
  {
    name: 'no response time',
    change: { 'spec.slo.responseTime': undefined },
    path: 'spec.slo.responseTime',
    says: 'got nothing',
  },
  {
    name: 'a response time of nothing',
    change: { 'spec.slo.responseTime': '0s' },
    path: 'spec.slo.responseTime',
    says: 'above 0s',
  },
  {
    name: 'an objective of every request',
    change: { 'spec.slo.objective': 1 },
    path: 'spec.slo.objective',
    says: 'got 1, allowed: a number above 0 and below 1',
  },
  {
    name: 'an objective in percent',
    change: { 'spec.slo.objective': 99 },
    path: 'spec.slo.objective',
    says: 'below 1',
  },
  {
    name: 'a violation price without a replica price',
    change: { 'spec.cost.replicaHour': undefined, 'spec.cost.switching': 0, 'spec.chaos': undefined },
    path: 'spec.cost.replicaHour',
    says: 'both replicaHour and violation',
  },
  {
    name: 'a replica price without a violation price',
    change: { 'spec.cost.violation': undefined },
    path: 'spec.cost.violation',
    says: 'though replicaHour is given',
  },
  {
    name: 'a switching price without prices',
    change: { 'spec.cost': { switching: 1 }, 'spec.chaos': undefined },
    path: 'spec.cost.switching',
    says: 'got 1 without prices',
  },
  {
    name: 'a free replica',
    change: { 'spec.cost.replicaHour': 0 },
    path: 'spec.cost.replicaHour',
    says: 'above 0',
  },
  {
    name: 'a currency by its sign',
    change: { 'spec.cost.currency': '€' },
    path: 'spec.cost.currency',
    says: 'ISO 4217',
  },
  // Forecast and calendar.
  {
    name: 'a model that there is not',
    change: { 'spec.forecast.models': ['arma'] },
    path: 'spec.forecast.models[0]',
    says: 'did you mean arima?',
  },
  {
    name: 'no model',
    change: { 'spec.forecast.models': [] },
    path: 'spec.forecast.models',
    says: 'one or more of ensemble, lstm, arima',
  },
  {
    name: 'a model twice',
    change: { 'spec.forecast.models': ['naive', 'arima', 'naive'] },
    path: 'spec.forecast.models[2]',
    says: 'each model once',
  },
  {
    name: 'a horizon that ends before new replicas serve',
    change: { 'spec.capacity.startupTime': '15m' },
    path: 'spec.forecast.horizon',
    says: 'at least 16m: capacity.startupTime (15m) + one forecast.step (1m)',
  },
  {
    name: 'a history of one step',
    change: { 'spec.forecast.lookback': '90s' },
    path: 'spec.forecast.lookback',
    says: 'at least two steps',
  },
  {
    name: 'a history of millions of steps',
    change: { 'spec.forecast.step': '1s', 'spec.forecast.lookback': '300d' },
    path: 'spec.forecast.lookback',
    says: 'at most 200000 steps',
  },
  {
    name: 'a horizon of thousands of steps',
    change: { 'spec.forecast.horizon': '3d' },
    path: 'spec.forecast.horizon',
    says: 'at most 2880 steps',
  },
  {
    name: 'a step of fractions of a second',
    change: { 'spec.forecast.step': '1500ms', 'spec.forecast.lookback': '1d' },
    path: 'spec.forecast.step',
    says: 'whole number of seconds',
  },
  {
    name: 'confidence in percent',
    change: { 'spec.forecast.minConfidence': 80 },
    path: 'spec.forecast.minConfidence',
    says: 'at most 1',
  },
  ...['Web', 'a/b', '..', '-a', '', 'a'.repeat(64)].map((name) => ({
    name: `a class called "${name}"`,
    change: { 'spec.forecast.class': name },
    path: 'spec.forecast.class',
    says: 'lower-case letters, digits and -, at most 63',
  })),
  {
    name: 'a time zone that there is not',
    change: { 'spec.timeZone': 'Europe/Atlantis' },
    path: 'spec.timeZone',
    says: 'IANA',
  },
  {
    name: 'a country by its name',
    change: { 'spec.holidays': { country: 'Germany' } },
    path: 'spec.holidays.country',
    says: 'ISO 3166-1',
  },
  {
    name: 'a country that there is not',
    change: { 'spec.holidays': { country: 'XX' } },
    path: 'spec.holidays.country',
    says: 'a country whose public holidays are known',
  },
  {
    name: 'an event without a time',
    change: { 'spec.events': [{ name: 'sale', arrivalRateMultiplier: 2 }] },
    path: 'spec.events[0]',
    says: 'got none of them, allowed: exactly one of start + end',
  },
  {
    name: 'an event with half a time',
    change: { 'spec.events': [{ ...sale, end: undefined }] },
    path: 'spec.events[0]',
    says: 'got start',
  },
  {
    name: 'an event with two kinds of time',
    change: { 'spec.events': [{ ...sale, schedule: '0 8 * * 1', duration: '1h' }] },
    path: 'spec.events[0]',
    says: 'got start + end + schedule + duration',
  },
  {
    name: 'an event by a schedule that is none',
    change: {
      'spec.events': [{ name: 'batch', schedule: '0 25 * * *', duration: '1h', arrivalRateMultiplier: 2 }],
    },
    path: 'spec.events[0].schedule',
    says: 'a cron expression of five fields',
  },
  {
    name: 'an event by a schedule on a day that no month has',
    change: {
      'spec.events': [{ name: 'batch', schedule: '0 8 31 2 *', duration: '1h', arrivalRateMultiplier: 2 }],
    },
    path: 'spec.events[0].schedule',
    says: 'a schedule that comes to pass',
  },
  {
    name: 'an event that starts every minute',
    change: {
      'spec.events': [{ name: 'batch', schedule: '* * * * *', duration: '1h', arrivalRateMultiplier: 2 }],
    },
    path: 'spec.events[0].schedule',
    says: 'at most 48 starts a day',
  },
  {
    name: 'a window not to be learnt from that is none',
    change: { 'metadata.annotations': { 'prescale.dev/exclude-from-training': 'last Tuesday' } },
    path: 'metadata.annotations["prescale.dev/exclude-from-training"]',
    says: 'intervals START/END',
  },
  {
    name: 'an event that ends before it starts',
    change: { 'spec.events': [{ ...sale, start: END, end: START }] },
    path: 'spec.events[0].end',
    says: `after start (${END})`,
  },
  {
    name: 'an event on a day that there is not',
    change: { 'spec.events': [{ ...sale, end: '2027-02-30T00:00:00Z' }] },
    path: 'spec.events[0].end',
    says: 'an instant with its time zone',
  },
  {
    name: 'an event without a time zone',
    change: { 'spec.events': [{ ...sale, start: '2026-11-27T00:00:00' }] },
    path: 'spec.events[0].start',
    says: 'an instant with its time zone',
  },
  {
    name: 'an event of no load',
    change: { 'spec.events': [{ ...sale, arrivalRateMultiplier: 0 }] },
    path: 'spec.events[0].arrivalRateMultiplier',
    says: 'above 0',
  },
  {
    name: 'two events of one name',
    change: { 'spec.events': [sale, { ...sale }] },
    path: 'spec.events[1].name',
    says: '"sale" a second time',
  },
  // Budgets.
  {
    name: 'a budget of nothing',
    change: { 'spec.budget': { group: 'web' } },
    path: 'spec.budget',
    says: 'got neither, allowed: exactly one of maxReplicas and maxCostPerHour',
  },
  {
    name: 'a budget of two kinds',
    change: { 'spec.budget': { group: 'web', maxReplicas: 12, maxCostPerHour: 3 } },
    path: 'spec.budget',
    says: 'got both',
  },
  {
    name: 'a budget of money without prices',
    change: { 'spec.budget': { group: 'web', maxCostPerHour: 3 }, 'spec.cost': {}, 'spec.chaos': {} },
    path: 'spec.budget.maxCostPerHour',
    says: '3 without prices',
  },
  {
    name: 'a budget above a floor',
    change: { 'spec.budget': { group: 'web', maxReplicas: 12 }, 'spec.mode': 'Floor' },
    path: 'spec.budget',
    says: 'got a budget in mode Floor',
  },
  // Chaos, dependencies, hooks.
  {
    name: 'a safety factor below one',
    change: { 'spec.chaos.safetyFactor': 0.9 },
    path: 'spec.chaos.safetyFactor',
    says: 'at least 1',
  },
  {
    name: 'a scenario that takes everything',
    change: { 'spec.chaos.scenarios': [{ ...zoneLoss, capacityLoss: 1 }] },
    path: 'spec.chaos.scenarios[0].capacityLoss',
    says: 'below 1',
  },
  {
    name: 'a scenario that does nothing',
    change: { 'spec.chaos.scenarios': [{ ...zoneLoss, capacityLoss: undefined }] },
    path: 'spec.chaos.scenarios[0]',
    says: 'got none of them, allowed: exactly one of capacityLoss, zones, rollout, replicasPerNode',
  },
  {
    name: 'a scenario that does two things',
    change: { 'spec.chaos.scenarios': [{ ...zoneLoss, zones: 3 }] },
    path: 'spec.chaos.scenarios[0]',
    says: 'got capacityLoss + zones',
  },
  {
    name: 'one zone only',
    change: { 'spec.chaos.scenarios': [{ ...trouble, zones: 1 }] },
    path: 'spec.chaos.scenarios[0].zones',
    says: 'a whole number of at least 2',
  },
  {
    name: 'a storm without wind',
    change: { 'spec.chaos.scenarios': [{ ...trouble, arrivalRateMultiplier: 1 }] },
    path: 'spec.chaos.scenarios[0].arrivalRateMultiplier',
    says: 'above 1',
  },
  {
    name: 'a dependency that makes one faster',
    change: { 'spec.chaos.scenarios': [{ ...trouble, serviceRateMultiplier: 1.2 }] },
    path: 'spec.chaos.scenarios[0].serviceRateMultiplier',
    says: 'below 1',
  },
  {
    name: 'a rolling update of a fraction of a replica',
    change: { 'spec.chaos.scenarios': [{ ...trouble, rollout: { maxUnavailable: 0.25 } }] },
    path: 'spec.chaos.scenarios[0].rollout.maxUnavailable',
    says: 'a percentage such as "25%"',
  },
  {
    name: 'a rolling update of more than everything',
    change: { 'spec.chaos.scenarios': [{ ...trouble, rollout: { maxUnavailable: '120%' } }] },
    path: 'spec.chaos.scenarios[0].rollout.maxUnavailable',
    says: 'a percentage such as "25%"',
  },
  {
    name: 'a safety factor that makes a scenario take everything',
    change: { 'spec.chaos.safetyFactor': 3, 'spec.chaos.scenarios': [{ ...trouble, zones: 3 }] },
    path: 'spec.chaos.scenarios[0].zones',
    says: 'no count outlasts that',
  },
  {
    name: 'a rolling update that leaves nothing',
    change: { 'spec.chaos.scenarios': [{ ...trouble, rollout: { maxUnavailable: '100%' } }] },
    path: 'spec.chaos.scenarios[0].rollout',
    says: 'less than all of the capacity',
  },
  {
    name: "a scenario with the availability target's name",
    change: { 'spec.chaos.scenarios': [{ ...zoneLoss, name: 'independent-failures' }] },
    path: 'spec.chaos.scenarios[0].name',
    says: 'another name',
  },
  {
    name: 'a scenario that nobody can price',
    change: { 'spec.cost': undefined },
    path: 'spec.chaos.scenarios[0].required',
    says: 'give cost.replicaHour and cost.violation',
  },
  {
    name: 'a dependency without room',
    change: { 'spec.dependencies': [{ name: 'db', limitPerReplica: 10 }] },
    path: 'spec.dependencies[0]',
    says: 'exactly one of capacity and query',
  },
  {
    name: 'more replicas at the least than a dependency takes',
    change: { 'spec.minReplicas': 51, 'spec.dependencies': [database] },
    path: 'spec.minReplicas',
    says: 'at most 50: what the dependency db takes (capacity 500 / limitPerReplica 10)',
  },
  {
    name: 'a dependency with two rooms',
    change: { 'spec.dependencies': [{ ...database, query: 'free' }] },
    path: 'spec.dependencies[0]',
    says: 'got both',
  },
  { name: 'hooks that call nobody', change: { 'spec.hooks': {} }, path: 'spec.hooks', says: 'got neither' },
  {
    name: 'a hook that is no URL',
    change: { 'spec.hooks': { before: { url: 'ftp://x' } } },
    path: 'spec.hooks.before.url',
    says: 'an https URL, or http://NAME.NAMESPACE.svc/',
  },
  {
    name: 'a hook without TLS out of the cluster',
    change: { 'spec.hooks': { before: { url: 'http://example.org/' } } },
    path: 'spec.hooks.before.url',
    says: 'an https URL',
  },
  {
    name: 'a hook with a password',
    change: { 'spec.hooks': { before: { url: 'https://me:secret@example.org/' } } },
    path: 'spec.hooks.before.url',
    says: 'an https URL',
  },
  // Behavior, as autoscaling/v2 has it.
  {
    name: 'a window of more than an hour',
    change: { 'spec.behavior.scaleDown.stabilizationWindowSeconds': 3601 },
    path: 'spec.behavior.scaleDown.stabilizationWindowSeconds',
    says: 'at most 3600',
  },
  {
    name: 'a policy of nothing',
    change: { 'spec.behavior.scaleUp.policies': [{ type: 'Pods', value: 0, periodSeconds: 15 }] },
    path: 'spec.behavior.scaleUp.policies[0].value',
    says: 'at least 1',
  },
  {
    name: 'a policy with a period of over half an hour',
    change: { 'spec.behavior.scaleUp.policies': [{ type: 'Pods', value: 1, periodSeconds: 1801 }] },
    path: 'spec.behavior.scaleUp.policies[0].periodSeconds',
    says: 'at most 1800',
  },
  {
    name: 'no policies at all',
    change: { 'spec.behavior.scaleUp.policies': [] },
    path: 'spec.behavior.scaleUp.policies',
    says: 'leave it out for the default',
  },
  {
    name: 'a select policy that there is not',
    change: { 'spec.behavior.scaleUp.selectPolicy': 'Maximum' },
    path: 'spec.behavior.scaleUp.selectPolicy',
    says: 'one of Max, Min, Disabled',
  },
  {
    name: 'a tolerance below zero',
    change: { 'spec.behavior.scaleUp.tolerance': -1 },
    path: 'spec.behavior.scaleUp.tolerance',
    says: 'at least 0',
  },
  {
    name: 'a tolerance in percent',
    change: { 'spec.behavior.scaleUp.tolerance': '10%' },
    path: 'spec.behavior.scaleUp.tolerance',
    says: 'quantity such as "0.1"',
  },
];
