import type { HistoryEar, HistoryFaultKind } from './decision-history.ts';

export interface Troubles {
  begin(kind: HistoryFaultKind, message: string): void;
  over(): void;
}

/** A trouble that lasts is told when it begins and when it is over, not at each tick. */
export function tellOnce(ear: HistoryEar): Troubles {
  const told = new Set<HistoryFaultKind>();
  return {
    begin(kind, message) {
      if (!told.has(kind)) ear.fault({ kind, message });
      told.add(kind);
    },
    over() {
      // Damage does not heal.
      const healed = [told.delete('write'), told.delete('backlog')];
      if (healed.includes(true)) ear.recovered();
    },
  };
}
