import { countSamples, type ScalabilityBasis } from '../../capacity/count-samples.ts';
import { dispersionOf } from '../../capacity/dispersion.ts';
import { fitScalability } from '../../capacity/fit-scalability.ts';
import { rateOfRecording } from '../../capacity/rate-of-recording.ts';
import type { Recording } from '../../observe/recording/recording.ts';
import type { CommandBody } from '../command-spec.ts';
import { loadedRecording } from '../evaluate/recorded-series.ts';
import { capacityJson } from './json.ts';
import { policyLines } from './policy-lines.ts';
import type { CapacityReport } from './report.ts';
import { capacityText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface CapacityFlags {
  readonly recording: string;
  readonly serversPerReplica: number;
  readonly saturated?: true;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as CapacityFlags;
  const report = reportOn(await loadedRecording(flags.recording), flags);
  const { serviceRate, scalability } = report;
  const isNothing = serviceRate.kind === 'refused' && scalability.kind === 'refused';
  if (flags.json) process.stdout.write(`${JSON.stringify(capacityJson(report))}\n`);
  else process.stdout.write(capacityText(report));
  if (!isNothing) return 0;
  process.stderr.write(`prescale: the recording ${report.recording} cannot tell what a replica can do\n`);
  return 1;
};

function reportOn(recording: Recording, flags: CapacityFlags): CapacityReport {
  const { columns, name, stepSeconds } = recording;
  const counted = countSamples(columns, flags.saturated === true);
  const basis: ScalabilityBasis | null = counted.kind === 'samples' ? counted.basis : null;
  const serviceRate = rateOfRecording(columns, flags.serversPerReplica);
  const scalability = counted.kind === 'samples' ? fitScalability(counted.samples) : counted;
  return {
    recording: name,
    stepSeconds,
    basis,
    serviceRate,
    scalability,
    dispersion: dispersionOf(columns.arrivalRate),
    policy: policyLines({ basis, serviceRate, scalability, serversPerReplica: flags.serversPerReplica }),
  };
}
