import { isoFromMs } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { NetworkOrReason } from '../../forecast/create-models.ts';
import { keepChallengers, type ChallengerEar } from '../../infer/keep-challengers.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { playsThePast, type RunFlags } from './run-flags.ts';

/** What forecasts, and how a challenger that has been trained meanwhile gets into it. */
export interface Served {
  readonly network: NetworkOrReason;
  /** For threads that load them themselves. */
  readonly challengerPath: string | undefined;
  /** To be called at each tick of a live controller. */
  readonly lookForChallengers: (monotonicMs: number) => Promise<void>;
}

/**
 * The shipped network, with the challengers of `--challenger`. One that cannot be served is refused where the past is
 * played, for somebody who wants to see it; a live controller tells it, serves without, and takes the next one.
 */
export async function servedNetwork(flags: RunFlags): Promise<Served> {
  const { challenger: challengerPath } = flags;
  const isPlayed = playsThePast(flags);
  const kept = keepChallengers(await shippedNetwork(), challengerPath, isPlayed ? REFUSING : told(flags));
  await kept.look(performance.now());
  return {
    network: kept.network,
    challengerPath,
    lookForChallengers: isPlayed ? () => Promise.resolve() : (monotonicMs) => kept.look(monotonicMs),
  };
}

const refuse = (message: string): never => {
  throw new PrescaleError('invalidInput', `--challenger: ${message}`);
};
const REFUSING: ChallengerEar = {
  onTaken: () => undefined,
  onGone: (path) =>
    refuse(`got ${path}, where there is none; allowed: a network, or a folder of CLASS/lstm.json`),
  onRefused: refuse,
};

function told(flags: RunFlags): ChallengerEar {
  const logger = createLogger(flags.logLevel ?? 'info');
  return {
    onTaken: ({ unseenFromMs }, file) =>
      logger.info({ file, unseenFrom: isoFromMs(unseenFromMs) }, 'challenger taken'),
    onGone: (file) => logger.info({ file }, 'there is no challenger'),
    onRefused: (message) => logger.error({ message }, 'the challenger is left out'),
  };
}
