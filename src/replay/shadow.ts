/** The replicas that an autoscaler would have, were its orders carried out, and what they make of a measured load. */
import type { LedgerSide } from '../domain/ledger.ts';
import type { ReplayPhysics } from './physics.ts';
import { createSimulatedCluster, type SimulatedCluster } from './simulated-cluster.ts';
import type { ServedStep, StepServer } from './step-lateness.ts';

/** A load as it was measured: with whom it met. */
export interface MeasuredLoad {
  readonly rateRps: number;
  /** The step that it is about, before the present one. */
  readonly step: number;
  readonly seconds: number;
}

export interface Shadow {
  readonly cluster: SimulatedCluster;
  /** Orders, at the end of a step. */
  readonly order: (replicas: number, step: number) => void;
  readonly readyAt: (step: number) => number;
  /** Adds what the load came to, and tells it. */
  readonly serve: (load: MeasuredLoad, server: StepServer) => ServedStep;
  readonly sums: Readonly<LedgerSide>;
}

/** Of steps at which something changed: samples are older than so many steps only where nothing is accounted any more. */
const KEPT_STEPS = 64;

/** Begins with `replicas` ready. `allowedLateRatio`: of a step's requests, before it counts as violated. */
export function createShadow(physics: ReplayPhysics, replicas: number, allowedLateRatio: number): Shadow {
  const cluster = createSimulatedCluster(physics, replicas);
  const kept: { readonly step: number; readonly ready: number; readonly paid: number }[] = [];
  const sums: LedgerSide = { replicaSeconds: 0, lateRequests: 0, violatedSeconds: 0 };
  let backlogRequests = 0;
  const at = (step: number): { readonly ready: number; readonly paid: number } =>
    kept.findLast((one) => one.step <= step) ?? { ready: replicas, paid: replicas };
  return {
    cluster,
    sums,
    readyAt: (step) => at(step).ready,
    order(wanted, step) {
      cluster.order(wanted, step);
      const now = { step, ready: cluster.readyReplicas(), paid: cluster.paidReplicas() };
      const newest = kept.at(-1);
      if (newest?.ready === now.ready && newest.paid === now.paid) return;
      kept.push(now);
      if (kept.length > KEPT_STEPS) kept.shift();
    },
    serve({ rateRps, step, seconds }, server) {
      const { ready, paid } = at(step);
      const served = server.serve(rateRps, ready, backlogRequests);
      ({ backlogRequests } = served);
      sums.replicaSeconds += paid * seconds;
      sums.lateRequests += rateRps * seconds * served.lateRatio;
      if (served.lateRatio > allowedLateRatio) sums.violatedSeconds += seconds;
      return served;
    },
  };
}
