import { invalidInput } from '../domain/errors.ts';
import type { Challenger } from '../forecast/models/lstm/lstm.ts';
import { loadArtefact } from './artefact.ts';

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
