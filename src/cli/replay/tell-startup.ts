import { durationFromSeconds } from '../../domain/duration.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { RecordedWorld } from './recorded-world.ts';

/** Says on standard error which start-up time a policy without its own is played with, and who tells it. */
export function tellStartup({ world, startupSource }: RecordedWorld, recordingName: string): void {
  if (startupSource === 'given') return;
  const { policy, physics } = world;
  const { seconds } = physics.startup;
  const [shortest, longest] = [Math.min(...seconds), Math.max(...seconds)].map(durationFromSeconds);
  const what =
    startupSource === 'recorded'
      ? `${recordingName} tells of ${seconds.length} starts of ${shortest} to ${longest}, which are drawn from`
      : `${recordingName} tells of none; ${longest} is assumed`;
  process.stderr.write(`policy ${workloadKey(policy.workload)}: gives no capacity.startupTime; ${what}\n`);
}
