/**
 * Webhooks around changes: a POST with what is about to change, or has. A hook is a favour that the controller does
 * others; it must cost it little: so many calls at a time, each with its own timeout, no redirect followed, no more of
 * an answer read than there is to throw away.
 */
import { createGate } from '../domain/gate.ts';
import type { Policy } from '../policy/policy.ts';

export type HookPhase = 'before' | 'after';

export interface HookCall {
  readonly policy: Policy;
  readonly phase: HookPhase;
  readonly fromReplicas: number;
  readonly toReplicas: number;
  readonly decidedAtMs: number;
  readonly reason: string;
}

/** POSTs `body`; resolves to the status. Rejects where there is no answer within `seconds`. */
export type PostHook = (url: string, body: string, seconds: number) => Promise<number>;

export interface HookCaller {
  /** What went wrong, in one sentence; undefined: the hook has agreed, or there is none to ask. Never rejects. */
  readonly call: (call: HookCall) => Promise<string | undefined>;
}

export interface HookCallerDeps {
  readonly post: PostHook;
  /** Whether this replica of the controller would write for the policy now. */
  readonly mayCall: (policy: Policy) => boolean;
  readonly onCalled: (call: HookCall, fault: string | undefined) => void;
}

const CALLS_AT_A_TIME = 16;
/** Who comes later finds a fault: hooks that hang must not pile up what waits for them. */
const MOST_WAITING = 256;

export function createHookCaller({ post, mayCall, onCalled }: HookCallerDeps): HookCaller {
  const gate = createGate(CALLS_AT_A_TIME);
  const faultOf = async (call: HookCall): Promise<string | undefined> => {
    const { url, timeoutSeconds } = call.policy.hooks![call.phase]!;
    const said = (what: string): string => `${call.phase}-hook ${hostOf(url)}: ${what}`;
    if (gate.waiting() >= MOST_WAITING) return said(`not called, ${MOST_WAITING} calls wait already`);
    try {
      const status = await gate.through(() => post(url, bodyOf(call), timeoutSeconds));
      return status >= 200 && status < 300 ? undefined : said(`answered ${status}`);
    } catch (error) {
      return said(error instanceof Error ? error.message : String(error));
    }
  };

  return {
    async call(call) {
      const { policy, phase } = call;
      if (policy.hooks?.[phase] === undefined || policy.mode === 'Recommend' || !mayCall(policy))
        return undefined;
      const fault = await faultOf(call);
      onCalled(call, fault);
      return fault;
    },
  };
}

/** Paths may hold what is nobody's business. */
function hostOf(url: string): string {
  return new URL(url).host;
}

function bodyOf({ policy, phase, fromReplicas, toReplicas, decidedAtMs, reason }: HookCall): string {
  const { workload, target } = policy;
  const decidedAt = new Date(decidedAtMs).toISOString();
  return JSON.stringify({ phase, ...workload, target, fromReplicas, toReplicas, reason, decidedAt });
}
