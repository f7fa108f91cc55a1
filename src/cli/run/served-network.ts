import { isoFromMs } from '../../domain/clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { NetworkOrReason } from '../../forecast/create-models.ts';
import { keepChallenger } from '../../infer/keep-challenger.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { withChallenger } from '../../infer/with-challenger.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { playsThePast, type RunFlags } from './run-flags.ts';

/** What forecasts, and how a challenger that has been trained meanwhile gets into it. */
export interface Served {
  readonly network: NetworkOrReason;
  /** For threads that load it themselves. */
  readonly challengerFile: string | undefined;
  /** To be called at each tick of a live controller. */
  readonly lookForChallenger: (monotonicMs: number) => Promise<void>;
}

/**
 * The shipped network, with the challenger of `--challenger`. One that cannot be served is refused where the past is
 * played, for somebody who wants to see it; a live controller tells it, serves without, and takes the next one.
 */
export async function servedNetwork(flags: RunFlags): Promise<Served> {
  const { challenger: challengerFile } = flags;
  const shipped = await shippedNetwork();
  if (playsThePast(flags)) {
    const refuse = (message: string): void => {
      throw new PrescaleError('invalidInput', `--challenger: ${message}`);
    };
    const network = await withChallenger(shipped, challengerFile, refuse);
    return { network, challengerFile, lookForChallenger: () => Promise.resolve() };
  }
  const logger = createLogger(flags.logLevel ?? 'info');
  const kept = keepChallenger(shipped, challengerFile, {
    onTaken: ({ unseenFromMs }) =>
      logger.info({ file: challengerFile, unseenFrom: isoFromMs(unseenFromMs) }, 'challenger taken'),
    onGone: () => logger.info({ file: challengerFile }, 'there is no challenger'),
    onRefused: (message) => logger.error({ message }, 'the challenger is left out'),
  });
  await kept.look(performance.now());
  return {
    network: kept.network,
    challengerFile,
    lookForChallenger: (monotonicMs) => kept.look(monotonicMs),
  };
}
