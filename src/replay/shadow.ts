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
  order(replicas: number, step: number): void;
  readyAt(step: number): number;
  /** Adds what the load came to, and tells it. */
  serve(load: MeasuredLoad, server: StepServer): ServedStep;
  readonly sums: Readonly<LedgerSide>;
}

/** Of steps at which something changed: samples are older than so many steps only where nothing is accounted any more. */
const KEPT_STEPS = 64;

/** Begins with `replicas` ready. `allowedLateRatio`: of a step's requests, before it counts as violated. */
export function createShadow(physics: ReplayPhysics, replicas: number, allowedLateRatio: number): Shadow {
  return new ShadowReplicas(physics, replicas, allowedLateRatio);
}

interface KeptStep {
  readonly step: number;
  readonly ready: number;
  readonly paid: number;
}

/** A class: every workload of a fleet has two of them. */
class ShadowReplicas implements Shadow {
  readonly cluster: SimulatedCluster;
  readonly sums: LedgerSide = { replicaSeconds: 0, lateRequests: 0, violatedSeconds: 0 };
  readonly #firstReplicas: number;
  readonly #allowedLateRatio: number;
  readonly #kept: KeptStep[] = [];
  #backlogRequests = 0;

  constructor(physics: ReplayPhysics, replicas: number, allowedLateRatio: number) {
    this.cluster = createSimulatedCluster(physics, replicas);
    this.#firstReplicas = replicas;
    this.#allowedLateRatio = allowedLateRatio;
  }

  readyAt(step: number): number {
    return this.#at(step)?.ready ?? this.#firstReplicas;
  }

  order(wanted: number, step: number): void {
    this.cluster.order(wanted, step);
    const [ready, paid] = [this.cluster.readyReplicas(), this.cluster.paidReplicas()];
    const kept = this.#kept;
    const newest = kept.at(-1);
    if (newest?.ready === ready && newest.paid === paid) return;
    kept.push({ step, ready, paid });
    if (kept.length > KEPT_STEPS) kept.shift();
  }

  serve({ rateRps, step, seconds }: MeasuredLoad, server: StepServer): ServedStep {
    const { ready, paid } = this.#at(step) ?? { ready: this.#firstReplicas, paid: this.#firstReplicas };
    const served = server.serve(rateRps, ready, this.#backlogRequests);
    this.#backlogRequests = served.backlogRequests;
    const { sums } = this;
    sums.replicaSeconds += paid * seconds;
    sums.lateRequests += rateRps * seconds * served.lateRatio;
    if (served.lateRatio > this.#allowedLateRatio) sums.violatedSeconds += seconds;
    return served;
  }

  /** undefined: before the first change. */
  #at(step: number): KeptStep | undefined {
    return this.#kept.findLast((one) => one.step <= step);
  }
}
