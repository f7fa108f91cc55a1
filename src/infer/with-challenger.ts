import { invalidInput } from '../domain/errors.ts';
import type { NetworkOrReason } from '../forecast/create-models.ts';
import type { Challenger } from '../forecast/models/lstm/lstm.ts';
import { loadArtefact } from './artefact.ts';

/**
 * The network with the challenger of `file`, where one is named. A challenger that cannot be served must not keep a
 * controller from starting: `onFault` is told, and the network serves alone.
 */
export async function withChallenger(
  network: NetworkOrReason,
  file: string | undefined,
  onFault: (message: string) => void,
): Promise<NetworkOrReason> {
  if (file === undefined || 'missing' in network) return network;
  try {
    return { ...network, challenger: await loadChallenger(file) };
  } catch (error) {
    onFault(error instanceof Error ? error.message : String(error));
    return network;
  }
}

/** A network that `prescale train --from` wrote: its card tells until when it has seen samples. */
export async function loadChallenger(file: string): Promise<Challenger> {
  const network = await loadArtefact(file);
  const { seenUntil } = network.artefact.card;
  const unseenFromMs = typeof seenUntil === 'string' ? Date.parse(seenUntil) : Number.NaN;
  if (Number.isFinite(unseenFromMs)) return { network, unseenFromMs };
  const allowed = 'an ISO 8601 time, as prescale train --from writes it';
  throw invalidInput(file, [
    { path: 'card.seenUntil', got: JSON.stringify(seenUntil) ?? 'nothing', allowed },
  ]);
}
