import { endSlotOf, type History } from './history.ts';
import type { HistoryDigest } from './history-digest.ts';
import { fitSlotFor } from './models/arima/fit-schedule.ts';
import { chooseScale, type RateScale, SQUARE_ROOT } from './scale.ts';

/** The scale is chosen from so much of the history. */
const SCALE_DAYS = 21;

/** The scale that a history asks for, chosen anew when its models are fitted anew. */
export class ScaleMemory {
  #kept: { readonly fitSlot: number; readonly digest: number; readonly scale: RateScale } | undefined;

  scaleFor(history: History, digest: HistoryDigest): RateScale {
    const fitSlot = fitSlotFor(history, endSlotOf(history));
    if (fitSlot === undefined) return SQUARE_ROOT;
    const from = Math.max(history.firstSlot, fitSlot - SCALE_DAYS * history.slotsPerDay);
    const range = digest.range(from, fitSlot);
    if (this.#kept?.fitSlot !== fitSlot || this.#kept.digest !== range)
      this.#kept = { fitSlot, digest: range, scale: chooseScale(history, from, fitSlot) };
    return this.#kept.scale;
  }
}
