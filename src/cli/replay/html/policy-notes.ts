/** Who is who in a replay, for a reader who has not read its documentation. */
const NOTES: Readonly<Record<string, string>> = {
  prescale: 'this controller, with its forecast',
  'prescale-reactive': 'the same without a forecast: what prescale does better than that is foresight',
  hpa: 'Kubernetes’ HorizontalPodAutoscaler, its target reckoned from the objective',
  'hpa-default': 'the same at 80 % utilization',
  'hpa-tuned': 'the same at the target that proved best on this very recording',
  keda: 'KEDA on requests, at its best target',
  knative: 'Knative’s autoscaler, at its best target',
  'fast-reactive': 'follows the newest measurement at once, at its best target',
  'predictive-hpa': 'the open-source predictive HPA, with its best model and target',
  'cloud-predictive': 'a cloud’s predictive scaling: an hourly forecast as a floor, at its best target',
  schedule: 'a timetable by the hour of the week, as the first half suggests it',
  static: 'always the same count, the fewest that would have done',
  oracle: 'knows the future: what nobody can have, and the measure of what there is to gain',
};

/** Of the names that have a note. */
export function policyNotes(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap((name) => (name in NOTES ? [[name, NOTES[name]] as const] : []));
}
