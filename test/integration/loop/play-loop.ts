import { createDryRunScaler } from '../../../src/actuate/dry-run.ts';
import { startReplicas } from '../../../src/cli/run/start-replicas.ts';
import { createSystemClock } from '../../../src/control/clocks/system-clock.ts';
import { createVirtualClock } from '../../../src/control/clocks/virtual-clock.ts';
import { createDecisionRing } from '../../../src/control/decision-ring.ts';
import type { StoredDecision } from '../../../src/control/decision-store.ts';
import { createFleet, type Attendance } from '../../../src/control/fleet.ts';
import { newMember } from '../../../src/control/join-fleet.ts';
import { runLoop } from '../../../src/control/run-loop.ts';
import { tick } from '../../../src/control/tick.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import type { MetricsSource } from '../../../src/observe/metrics-source.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

export interface PlayedWorkload {
  readonly policy: Policy;
  readonly source: MetricsSource;
  readonly attendance: Attendance;
}

export interface LoopOptions {
  readonly firstAtMs: number;
  readonly ticks: number;
  /** Real seconds; by default only reading metrics is timed, as for what the command plays. */
  readonly observeSeconds?: number;
  readonly timeoutSeconds?: number;
  /** Called before tick `index` (from 0): changes the world. */
  readonly before?: (index: number) => Promise<void> | void;
}

export interface PlayedTick {
  readonly stored: readonly StoredDecision[];
  readonly realSeconds: number;
}

export const TICK_SECONDS = 15;

/** The whole loop in virtual time, as fast as it goes: what each tick decided, and how long it really took. */
export async function playLoop(
  workloads: readonly PlayedWorkload[],
  options: LoopOptions,
): Promise<readonly PlayedTick[]> {
  const { firstAtMs, ticks, observeSeconds = 5, timeoutSeconds = Infinity, before } = options;
  const fleet = createFleet();
  for (const { policy, source, attendance } of workloads) fleet.add(newMember(policy, source, attendance));
  const realClock = createSystemClock();
  const clock = createVirtualClock({ startAtMs: firstAtMs, speed: 'max', realClock });
  const errors: unknown[] = [];
  const complain = (fields: object, message: string): void => void errors.push({ message, ...fields });
  const quiet = (): void => undefined;
  const deps = {
    clock,
    fleet,
    forecaster: createForecastChain(createModels(await shippedNetwork())),
    scaler: createDryRunScaler({
      recorded: () => undefined,
      startReplicas: (policy, nowMs) => startReplicas(fleet, policy, nowMs),
    }),
    store: createDecisionRing({ perWorkload: 100, total: 10_000 }),
    metrics: createMetrics(),
    logger: { debug: quiet, info: quiet, warn: quiet, error: complain },
    tickSeconds: TICK_SECONDS,
    observeSeconds,
    forecastSeconds: Infinity,
  };
  const played: PlayedTick[] = [];
  await runLoop(
    {
      clock,
      tick: async (nowMs, signal) => {
        await before?.(played.length);
        const beganMs = realClock.monotonicMs();
        const stored = await tick(deps, nowMs, signal);
        played.push({ stored, realSeconds: (realClock.monotonicMs() - beganMs) / 1000 });
      },
      onSkipped: (skipped) => errors.push(`${skipped} ticks skipped`),
      onError: (error) => errors.push(error),
    },
    {
      tickSeconds: TICK_SECONDS,
      timeoutSeconds,
      firstAtMs,
      lastAtMs: firstAtMs + (ticks - 1) * TICK_SECONDS * 1000,
    },
    new AbortController().signal,
  );
  if (errors.length > 0) throw new Error(`the loop complained: ${JSON.stringify(errors.slice(0, 3))}`);
  return played;
}
