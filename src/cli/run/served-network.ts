import type { NetworkOrReason } from '../../forecast/create-models.ts';
import { shippedNetwork } from '../../infer/shipped-network.ts';
import { withChallenger } from '../../infer/with-challenger.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { RunFlags } from './run-flags.ts';

/** The shipped network, with the challenger of `--challenger`; one that cannot be served is logged and left out. */
export async function servedNetwork({ challenger, logLevel }: RunFlags): Promise<NetworkOrReason> {
  return withChallenger(await shippedNetwork(), challenger, (message) =>
    createLogger(logLevel ?? 'info').error({ message }, 'the challenger is left out'),
  );
}
