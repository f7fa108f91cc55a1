import type { RequestHandler } from 'express';
import { isoFromMs } from '../../domain/clock.ts';
import { askPeer, goneSignal, passBack, PASSED_ON } from './ask-peer.ts';
import { ANSWERED_BY, DECIDING_SINCE, FORWARDED_BY, type Owner } from './owner.ts';
import type { PeerAgent } from './peer-agent.ts';

export interface ForwardDeps {
  readonly owner: Owner;
  readonly peers: PeerAgent;
  /** Of this replica. */
  readonly identity: string;
  /** Since when this replica has decided, in milliseconds since the epoch. */
  readonly decidingSinceMs: number;
  /** Told of each question that the owner did not answer, and that was answered here instead. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Passes a question about workloads on to the replica that owns them, with the caller's own token, and its answer back as
 * it comes. Where there is none to be reached, this replica answers, and says that it did and since when it has decided.
 */
export function forwardToOwner(deps: ForwardDeps): RequestHandler {
  const { owner, identity, decidingSinceMs, onFault } = deps;
  return async (request, response, next) => {
    const url = request.get(FORWARDED_BY) === undefined ? owner.url() : undefined;
    if (url !== undefined) {
      const gone = goneSignal(response);
      try {
        const answer = await askPeer(deps, request, { url, passed: PASSED_ON, signal: gone });
        return await passBack(answer, response);
      } catch (error) {
        if (gone.aborted || response.headersSent) return void response.destroy();
        onFault(error);
      }
    }
    response.set(ANSWERED_BY, owner.isOwner() ? 'owner' : `standby ${identity}`);
    if (!owner.isOwner()) response.set(DECIDING_SINCE, isoFromMs(decidingSinceMs));
    next();
  };
}
