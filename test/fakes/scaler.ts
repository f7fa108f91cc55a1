import type { ScaleRequest, Scaler } from '../../src/actuate/scaler.ts';
import { workloadKey } from '../../src/domain/workload.ts';

export interface FakeScaler extends Scaler {
  /** Every write so far, in order. */
  readonly written: readonly ScaleRequest[];
}

export interface FakeScalerOptions {
  readonly startReplicas: number;
  /** Called before each read and write: may throw, or never return. */
  readonly onCall?: (call: 'read' | 'write', signal: AbortSignal) => Promise<void>;
}

/** A cluster in memory: writes happen, new replicas are ready after the policy's start-up time. */
export function createFakeScaler(options: FakeScalerOptions): FakeScaler {
  const starts = new Map<string, number[]>();
  const written: ScaleRequest[] = [];
  const readyAtMs = (key: string): number[] => {
    const known = starts.get(key) ?? Array<number>(options.startReplicas).fill(-Infinity);
    starts.set(key, known);
    return known;
  };
  return {
    written,
    async read(policy, nowMs, signal) {
      await options.onCall?.('read', signal);
      const replicas = readyAtMs(workloadKey(policy.workload));
      return {
        currentReplicas: replicas.length,
        readyReplicas: replicas.filter((atMs) => atMs <= nowMs).length,
        rollingOut: false,
        version: String(written.length),
      };
    },
    async write(request, signal) {
      await options.onCall?.('write', signal);
      const { policy, toReplicas, nowMs } = request;
      const key = workloadKey(policy.workload);
      const kept = readyAtMs(key).slice(0, toReplicas);
      while (kept.length < toReplicas) kept.push(nowMs + policy.capacity.startupSeconds * 1000);
      starts.set(key, kept);
      written.push(request);
      return { result: 'applied', message: `asked for ${toReplicas}` };
    },
  };
}
