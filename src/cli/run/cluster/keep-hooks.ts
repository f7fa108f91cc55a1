import { createHookCaller, type HookCaller } from '../../../actuate/hook-caller.ts';
import { createHookPoster } from '../../../actuate/post-hook.ts';
import type { Leadership } from '../../../domain/lease.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { Policy } from '../../../policy/policy.ts';
import type { Logger } from '../../../telemetry/logger.ts';

export interface KeepHooksDeps {
  readonly logger: Logger;
  readonly leadership: Leadership;
  /** Who else scales the policy's target: then nothing is written, and nobody told of it. */
  readonly refusal: (policy: Policy) => string | undefined;
}

export interface KeptHooks extends HookCaller {
  close(): Promise<void>;
}

/** Webhooks as the controller of a cluster calls them: as whoever writes, and never for what it will not write. */
export function keepHooks({ logger, leadership, refusal }: KeepHooksDeps): KeptHooks {
  const poster = createHookPoster();
  const caller = createHookCaller({
    post: poster.post,
    mayCall: (policy) => leadership.isLeader(policy.workload) && refusal(policy) === undefined,
    onCalled({ policy }, fault) {
      if (fault !== undefined) logger.warn({ workload: workloadKey(policy.workload), fault }, 'hook');
    },
  });
  return { call: caller.call, close: poster.close };
}
