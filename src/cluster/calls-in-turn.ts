import type { ApiAnswer } from './api-answer.ts';
import type { ApiClient } from './api-client.ts';

/**
 * The same client with at most `limit` calls under way, the others in the order in which they came: what thousands of
 * targets ask for at once must not stand in the way of the renewal of a Lease. The time of a call begins when its turn
 * has come; one whose signal is aborted before is never sent.
 */
export function callsInTurn(client: ApiClient, limit: number): ApiClient {
  const waiting: (() => void)[] = [];
  let free = limit;

  const turn = async (): Promise<void> => {
    if (free === 0) return new Promise((resolve) => void waiting.push(resolve));
    free -= 1;
  };
  const giveBack = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    ...client,
    async call(call, signal) {
      await turn();
      try {
        return signal.aborted ? GIVEN_UP : await client.call(call, signal);
      } finally {
        giveBack();
      }
    },
  };
}

const GIVEN_UP: ApiAnswer = { kind: 'unreachable', message: 'the call was given up before its turn' };
