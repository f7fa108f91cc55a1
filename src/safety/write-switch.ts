/** What a person has said about all writes at once, as of the newest that is known. Asked again just before each write. */
export interface WriteSwitch {
  /** Why nothing may be written, in one sentence; undefined: nothing speaks against it. */
  stoppedBecause(): string | undefined;
  /** Until when the fleet's limits are lifted; -Infinity: they hold. */
  limitsLiftedUntilMs(): number;
}

export interface SwitchReading {
  readonly stoppedBecause: string | undefined;
  readonly limitsLiftedUntilMs: number;
  /** What could not be understood, one sentence each. */
  readonly faults: readonly string[];
}

/** Keys of the ConfigMap. */
const STOP = 'stop';
const LIFT = 'lift-limits-until';

/**
 * What the switch's ConfigMap says (undefined: there is none). Whatever stands under `stop`, other than nothing and
 * `false`, stops: who writes "yes" or "TRUE" in an emergency must not be misunderstood. `lift-limits-until` takes an
 * instant, so that nobody has to remember to take it back; one that cannot be read lifts nothing.
 */
export function readSwitch(data: Readonly<Record<string, string>> | undefined, name: string): SwitchReading {
  const { [STOP]: stop, [LIFT]: lift } = trimmed(data);
  const liftedMs = lift === '' ? -Infinity : Date.parse(lift);
  const isLiftClear = !Number.isNaN(liftedMs);
  return {
    stoppedBecause: isStop(stop) ? `ConfigMap ${name} says ${STOP}: ${stop}` : undefined,
    limitsLiftedUntilMs: isLiftClear ? liftedMs : -Infinity,
    faults: isLiftClear
      ? []
      : [
          `ConfigMap ${name}, ${LIFT}: got "${lift}", allowed: an ISO 8601 time such as 2026-11-21T08:00:00Z; the limits hold`,
        ],
  };
}

function trimmed(data: Readonly<Record<string, string>> = {}): Record<typeof STOP | typeof LIFT, string> {
  return { [STOP]: (data[STOP] ?? '').trim(), [LIFT]: (data[LIFT] ?? '').trim() };
}

/** Whether the text, without blanks around it, asks for a stop. */
export function isStop(text: string): boolean {
  return text !== '' && text.toLowerCase() !== 'false';
}
