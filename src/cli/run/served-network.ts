import { PrescaleError } from '../../domain/errors.ts';
import type { NetworkOrReason } from '../../forecast/create-models.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { withChallenger } from '../../infer/with-challenger.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { playsThePast, type RunFlags } from './run-flags.ts';

/**
 * The shipped network, with the challenger of `--challenger`. One that cannot be served is refused where the past is
 * played, for somebody who wants to see it; a live controller logs it and serves without.
 */
export async function servedNetwork(flags: RunFlags): Promise<NetworkOrReason> {
  return withChallenger(await shippedNetwork(), flags.challenger, (message) => {
    if (playsThePast(flags)) throw new PrescaleError('invalidInput', `--challenger: ${message}`);
    createLogger(flags.logLevel ?? 'info').error({ message }, 'the challenger is left out');
  });
}
