import type { CommandBody } from '../command-spec.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { answerSize, costCurve } from '../../size/queueing-answer.ts';
import type { SizeQuestion } from '../../size/queueing-answer.ts';
import { isVariable } from '../../size/service-model.ts';
import { DISPATCH_BY_FLAG } from './dispatch-flags.ts';
import type { DispatchFlag } from './dispatch-flags.ts';
import { answerText, curveText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface SizeFlags {
  readonly arrivalRateRps: number;
  readonly serviceRateRps: number;
  readonly sloSeconds: number;
  readonly serversPerReplica: number;
  readonly replicaCostPerHour?: number;
  readonly violationCost?: number;
  readonly objective?: number;
  readonly dispatch: DispatchFlag;
  readonly patienceSeconds?: number;
  readonly queueLimit?: number;
  readonly arrivalVariability: number;
  readonly serviceVariability: number;
  readonly contention: number;
  readonly coherency: number;
  readonly minReplicas: number;
  readonly maxReplicas?: number;
  readonly replicas?: number;
  readonly explain?: true;
  readonly json?: true;
}

/** A queue of so many spreads over a million states, all of which are summed. */
const MOST_PATIENT_REQUESTS = 1e12;

export const run: CommandBody = (_args, rawFlags) => {
  const flags = rawFlags as unknown as SizeFlags;
  const question = questionFrom(flags);
  const answer = answerSize(question);
  const curve = flags.explain ? costCurve(question, answer.replicas) : undefined;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(curve ? { ...answer, candidates: curve } : answer)}\n`
      : `${answerText(question, answer)}${curve ? `\n${curveText(question, answer, curve)}` : ''}`,
  );
  return Promise.resolve(0);
};

function questionFrom(flags: SizeFlags): SizeQuestion {
  refuseContradictions(flags);
  return {
    arrivalRateRps: flags.arrivalRateRps,
    serviceRateRps: flags.serviceRateRps,
    sloSeconds: flags.sloSeconds,
    serversPerReplica: flags.serversPerReplica,
    dispatch: DISPATCH_BY_FLAG[flags.dispatch],
    ...lossesFrom(flags),
    ...variabilityFrom(flags),
    ...scalabilityFrom(flags),
    objectiveRatio: flags.objective,
    perReplicaHour: flags.replicaCostPerHour,
    perViolation: flags.violationCost,
    minReplicas: flags.minReplicas,
    maxReplicas: flags.maxReplicas,
    replicas: flags.replicas,
  };
}

function lossesFrom({ patienceSeconds, queueLimit }: SizeFlags): Pick<SizeQuestion, 'losses'> {
  if (patienceSeconds === undefined && queueLimit === undefined) return {};
  return {
    losses: { patienceSeconds: patienceSeconds ?? null, queueLimitRequests: queueLimit ?? null },
  };
}

function variabilityFrom({
  arrivalVariability: arrivals,
  serviceVariability: service,
}: SizeFlags): Pick<SizeQuestion, 'variability'> {
  return isVariable({ arrivals, service }) ? { variability: { arrivals, service } } : {};
}

function scalabilityFrom({ contention, coherency }: SizeFlags): Pick<SizeQuestion, 'scalability'> {
  return contention === 0 && coherency === 0 ? {} : { scalability: { contention, coherency } };
}

function refuseContradictions(flags: SizeFlags): void {
  const { minReplicas, maxReplicas } = flags;
  if (maxReplicas !== undefined && minReplicas > maxReplicas)
    throw usage(
      `--min-replicas: got ${minReplicas}, allowed: at most --max-replicas, which is ${maxReplicas}`,
    );
  refuseLossesOutOfReach(flags);
  if (flags.violationCost !== undefined && flags.replicaCostPerHour === undefined)
    throw usage(
      '--violation-cost: got a price without --replica-cost-per-hour; allowed: both, or none to meet --objective',
    );
}

function refuseLossesOutOfReach(flags: SizeFlags): void {
  const { patienceSeconds, queueLimit, serversPerReplica, arrivalRateRps } = flags;
  const loses = patienceSeconds !== undefined || queueLimit !== undefined;
  if (loses && variabilityFrom(flags).variability !== undefined)
    throw usage(
      `--arrival-variability, --service-variability: got ${flags.arrivalVariability} and ${flags.serviceVariability}, allowed: 1 and 1 together with --patience-seconds or --queue-limit`,
    );
  if (queueLimit !== undefined && queueLimit < serversPerReplica)
    throw usage(
      `--queue-limit: got ${queueLimit}, allowed: at least --servers-per-replica, which is ${serversPerReplica}: requests in service count too`,
    );
  if (patienceSeconds !== undefined && patienceSeconds * arrivalRateRps > MOST_PATIENT_REQUESTS)
    throw usage(
      `--patience-seconds: got ${patienceSeconds}, allowed: at most ${MOST_PATIENT_REQUESTS} requests that arrive within it; without patience nobody gives up`,
    );
}

function usage(message: string): PrescaleError {
  return new PrescaleError('usage', message);
}
