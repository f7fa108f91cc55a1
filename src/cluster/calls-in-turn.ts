import { createGate } from '../domain/gate.ts';
import type { ApiAnswer } from './api-answer.ts';
import type { ApiClient } from './api-client.ts';

/**
 * The same client with at most `limit` calls under way, the others in the order in which they came: what thousands of
 * targets ask for at once must not stand in the way of the renewal of a Lease. The time of a call begins when its turn
 * has come; one whose signal is aborted before is never sent.
 */
export function callsInTurn(client: ApiClient, limit: number): ApiClient {
  const gate = createGate(limit);
  return {
    ...client,
    call: (call, signal) => gate.through(async () => (signal.aborted ? GIVEN_UP : client.call(call, signal))),
  };
}

const GIVEN_UP: ApiAnswer = { kind: 'unreachable', message: 'the call was given up before its turn' };
