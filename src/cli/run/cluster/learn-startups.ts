import type { ReplicaStatus, Scaler } from '../../../actuate/scaler.ts';
import { countStarts, startProgress, type StartProgress } from '../../../capacity/count-starts.ts';
import { learnedStartup } from '../../../capacity/learn-startup.ts';
import { readPods } from '../../../cluster/read-pods.ts';
import type { ApiClient } from '../../../cluster/api-client.ts';
import type { Clock } from '../../../domain/clock.ts';
import type { StartupRecord } from '../../../domain/startup-time.ts';
import { workloadKey, type WorkloadRef } from '../../../domain/workload.ts';
import { mapConcurrently } from '../../../observe/prometheus/map-concurrently.ts';
import type { Policy } from '../../../policy/policy.ts';
import { isLookDue, lookedAt, type LastLook } from './look-pace.ts';

/** Learns from the pods of each target how long they take to start. */
export interface StartupLearner {
  /** The scaler; each reading tells what has been learned as well. */
  readonly scaler: Scaler;
  /** Looks at the pods of those targets where something has moved. Never throws. */
  look(signal: AbortSignal): Promise<void>;
  /** What is to be kept of a workload beyond this process. */
  recordOf(workload: WorkloadRef): StartupRecord | undefined;
  forget(key: string): void;
}

export interface StartupLearnerDeps {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** What an earlier life, or another replica of the controller, has kept of the policy's target. */
  readonly stored: (policy: Policy) => StartupRecord | undefined;
  readonly onFault: (message: string) => void;
}

/** Of one workload. */
interface Pupil {
  readonly policy: Policy;
  progress: StartProgress;
  /** When more replicas were asked for, oldest first, by the API server's clock. */
  askedAtMs: readonly number[];
  status: ReplicaStatus | undefined;
  lastLook: LastLook | undefined;
}

const LOOKS_AT_A_TIME = 4;
/** A fleet whose pods were never looked at is gone through in portions. */
const MOST_LOOKS = 50;
const MOST_ASKED = 10;

export function createStartupLearner(scaler: Scaler, deps: StartupLearnerDeps): StartupLearner {
  const pupils = new Map<string, Pupil>();
  let toldFault = '';

  const pupilOf = (policy: Policy): Pupil => {
    const key = workloadKey(policy.workload);
    const known = pupils.get(key);
    if (known && targetText(known.policy) === targetText(policy)) return known;
    const pupil = {
      policy,
      progress: startProgress(),
      askedAtMs: [],
      status: undefined,
      lastLook: undefined,
    };
    pupils.set(key, pupil);
    return pupil;
  };

  const lookAt = async (pupil: Pupil, signal: AbortSignal): Promise<void> => {
    const { policy, status, lastLook, askedAtMs } = pupil;
    const { namespace } = policy.workload;
    pupil.lastLook = lookedAt(lastLook, status!, deps.clock.monotonicMs());
    try {
      const pods = await readPods(deps.client, { namespace, selector: status!.pods!.selector }, signal);
      pupil.progress = countStarts(pupil.progress, pods, askedAtMs);
    } catch (error) {
      const message = `start-up times: ${(error as Error).message}`;
      if (message !== toldFault && !signal.aborted) deps.onFault(message);
      toldFault = message;
    }
  };

  return {
    scaler: {
      async read(policy, nowMs, signal) {
        const status = await scaler.read(policy, nowMs, signal);
        const pupil = pupilOf(policy);
        adopt(pupil, deps.stored(policy));
        note(pupil, status);
        const { record } = pupil.progress;
        const learned = record && learnedStartup(record);
        return learned ? { ...status, learnedStartup: learned } : status;
      },
      write: (request, signal) => scaler.write(request, signal),
    },
    async look(signal) {
      const nowMs = deps.clock.monotonicMs();
      const due = [...pupils.values()]
        .filter(({ status, lastLook }) => status?.pods && isLookDue(lastLook, status, nowMs))
        .toSorted((a, b) => (a.lastLook?.atMs ?? -Infinity) - (b.lastLook?.atMs ?? -Infinity) || 0)
        .slice(0, MOST_LOOKS);
      await mapConcurrently(due, LOOKS_AT_A_TIME, (pupil) => lookAt(pupil, signal));
    },
    recordOf: (workload) => pupils.get(workloadKey(workload))?.progress.record,
    forget: (key) => void pupils.delete(key),
  };
}

function targetText({ target }: Policy): string {
  return `${target.apiVersion} ${target.kind} ${target.name}`;
}

/** Whoever has counted further knows better: after a restart, and where another replica of the controller leads. */
function adopt(pupil: Pupil, stored: StartupRecord | undefined): void {
  const ownAtMs = pupil.progress.record?.newestPodAtMs ?? -Infinity;
  if (stored !== undefined && stored.newestPodAtMs > ownAtMs) pupil.progress = startProgress(stored);
}

function note(pupil: Pupil, status: ReplicaStatus): void {
  const before = pupil.status?.currentReplicas ?? Infinity;
  const setAtMs = status.pods?.countSetAtMs ?? null;
  if (status.currentReplicas > before && setAtMs !== null)
    pupil.askedAtMs = [...pupil.askedAtMs, setAtMs].slice(-MOST_ASKED);
  pupil.status = status;
}
