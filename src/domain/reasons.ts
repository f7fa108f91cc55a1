/**
 * The closed set of reasons that a guard or an outcome can give, with the sentence that explains each.
 * The same string stands in the condition, the event, the metric label, the log and the API.
 * HPA's word where it has one.
 */
export const REASONS = {
  DesiredWithinRange: 'The desired count is within the allowed range.',
  ReadyForNewScale: 'Nothing holds the recommendation back.',
  TooManyReplicas: 'The desired count is above maxReplicas.',
  TooFewReplicas: 'The desired count is below minReplicas.',
  ScaleUpLimit: 'A scaleUp policy of the behavior limits how fast replicas are added.',
  ScaleDownLimit: 'A scaleDown policy of the behavior limits how fast replicas are removed.',
  ScaleUpStabilized: 'A recent recommendation was lower; the scaleUp stabilization window holds it.',
  ScaleDownStabilized: 'A recent recommendation was higher; the scaleDown stabilization window holds it.',
  ScaleUpDisabled: 'The behavior disables scaling up.',
  ScaleDownDisabled: 'The behavior disables scaling down.',
  RestartCostsMore:
    'Starting the replicas again would cost more than keeping them has since they were needed.',
  WithinTolerance: 'The change is smaller than the tolerance.',
  DependencyLimit: 'A dependency has no room for more replicas: they would make it worse.',
  BudgetLimit: 'The group’s shared budget is divided: more goes to where it avoids more lateness.',
  Paused: 'The policy is paused by annotation.',
  RollingOut: 'The target is rolling out: replicas are not removed meanwhile.',
  WarmingUp: 'The controller has not watched long enough yet to remove replicas safely.',
  ForecastUnavailable: 'No model could give a forecast; sized for the measured load, nothing removed.',
  LowConfidence: 'The forecast is not trusted; sized for the measured load, nothing removed.',
  ForecastDrifted: 'The forecast has lately been worse than the present load; sized for the measured load.',
  LoadChanged:
    'The load has just left its forecasts at once; nothing is removed until it is clear where it stays.',
  ImplausibleZero:
    'The measured load is zero where the forecast makes zero all but impossible; nothing removed.',
  StaleMetrics: 'The newest sample is older than staleAfter; what runs is kept.',
  EmptyMetrics: 'The metrics source answered without any sample; what runs is kept.',
  NotANumberMetrics: 'The newest sample is not a number; what runs is kept.',
  PartialMetrics: 'The metrics source answered incompletely; what runs is kept.',
  MetricsQueryRejected: 'The metrics source refuses the query; what runs is kept.',
  ServiceRateUnknown: 'The service rate is to be learned and is not known yet; what runs is kept.',
  MetricsSourceDown: 'The metrics source does not answer; what runs is kept.',
} as const;
export type Reason = keyof typeof REASONS;

export function reasonSentence(reason: Reason): string {
  return REASONS[reason];
}
