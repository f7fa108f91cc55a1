import { SEES_ALL, type Gate } from './gate.ts';
import type { TokenCheck } from './token-file.ts';

/** Lets in whoever brings the one token, to everything. */
export function tokenGate(isAllowed: TokenCheck): Gate {
  const isStillAdmitted = (token: string) => (): Promise<boolean> => isAllowed(token);
  return async (token) =>
    (await isAllowed(token))
      ? { kind: 'admitted', caller: { ...SEES_ALL, isStillAdmitted: isStillAdmitted(token) } }
      : { kind: 'unknown' };
}
