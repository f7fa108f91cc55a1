import { Counter, Gauge, type Registry } from 'prom-client';

export interface HistoryMeters {
  lost(decisions: number): void;
  fault(kind: string): void;
}

export interface HistoryReadings {
  readonly kinds: readonly string[];
  /** Of the files that the history has. */
  readonly bytes: () => number;
}

/** What the history tells in numbers; asked for when it is kept at all. */
export function registerHistoryMeters(registry: Registry, { kinds, bytes }: HistoryReadings): HistoryMeters {
  const registers = [registry];
  const lost = new Counter({
    name: 'prescale_history_lost_decisions_total',
    help: 'Decisions that were made and could not be stored.',
    registers,
  });
  const faults = new Counter({
    name: 'prescale_history_faults_total',
    help: 'Times that storing decisions began to fail, or that stored ones were found damaged.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of kinds) faults.inc({ kind }, 0);
  new Gauge({
    name: 'prescale_history_size_bytes',
    help: 'Size of the stored decisions.',
    registers,
    collect() {
      this.set(bytes());
    },
  });
  return { lost: (decisions) => lost.inc(decisions), fault: (kind) => faults.inc({ kind }) };
}
