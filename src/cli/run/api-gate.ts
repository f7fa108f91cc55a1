import type { Gate } from '../../api/auth/gate.ts';
import { kubernetesGate } from '../../api/auth/kubernetes-gate.ts';
import { openTokenFile } from '../../api/auth/token-file.ts';
import { tokenGate } from '../../api/auth/token-gate.ts';
import type { AccessReviewer } from '../../domain/access.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isLoopback, type ListenFlag } from './listen-flag.ts';

export interface GateDeps {
  readonly listen: ListenFlag;
  readonly apiTokenFile?: string;
  /** Of the cluster; undefined outside of one. */
  readonly reviewer?: AccessReviewer;
  readonly logger: Logger;
}

/**
 * The one token of a file, where there is one; else whoever the cluster knows, where others than this machine reach the
 * address; undefined: whoever reaches it (flags that would open another address than loopback so have been refused).
 */
export async function openGate({
  listen,
  apiTokenFile,
  reviewer,
  logger,
}: GateDeps): Promise<Gate | undefined> {
  if (apiTokenFile !== undefined) return tokenGate(await openTokenFile(apiTokenFile));
  if (reviewer === undefined || isLoopback(listen)) return undefined;
  return kubernetesGate({
    reviewer,
    nowMs: () => performance.now(),
    onFault: (error) => logger.error({ error: (error as Error).message }, 'who asks cannot be checked'),
  });
}
