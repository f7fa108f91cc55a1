import type { Scaler } from './scaler.ts';

/** Each policy's scaler is that of its mode. */
export function createScalerByMode(scalers: { readonly floor: Scaler; readonly scale: Scaler }): Scaler {
  const of = ({ mode }: Parameters<Scaler['read']>[0]): Scaler =>
    mode === 'Floor' ? scalers.floor : scalers.scale;
  return {
    read: (policy, nowMs, signal) => of(policy).read(policy, nowMs, signal),
    write: (request, signal) => of(request.policy).write(request, signal),
  };
}
