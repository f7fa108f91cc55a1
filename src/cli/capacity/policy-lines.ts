import { significant } from '../../domain/figures.ts';
import type { CapacityReport } from './report.ts';

type Learned = Pick<CapacityReport, 'basis' | 'serviceRate' | 'scalability'> & {
  readonly serversPerReplica: number;
};

/**
 * What was learned, as lines of a policy's `capacity` block. With a law fitted, the rate is that of a lone replica's
 * server, which the law lowers as replicas are added; otherwise it is what servers did at the counts that ran.
 */
export function policyLines({ basis, serviceRate, scalability, serversPerReplica }: Learned): string[] {
  if (scalability.kind === 'fitted') {
    const { rateRps, contention, coherency } = scalability;
    const perServer = basis === 'busySlots' ? rateRps.value : rateRps.value / serversPerReplica;
    return [
      `serviceRateRps: ${significant(perServer)}`,
      ...(basis === 'busySlots' ? [] : [`serversPerReplica: ${serversPerReplica}`]),
      `scalability: { contention: ${significant(contention.value)}, coherency: ${significant(coherency.value)} }`,
    ];
  }
  return serviceRate.kind === 'estimated' ? [`serviceRateRps: ${significant(serviceRate.rateRps)}`] : [];
}
