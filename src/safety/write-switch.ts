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

/** Keys of the ConfigMap, in whatever case: who writes `STOP` means it. */
const STOP = 'stop';
const LIFT = 'lift-limits-until';
const KEYS: readonly string[] = [STOP, LIFT];

/** With its time zone: "2062" and "12/1/2027" are instants to `Date.parse`, and not what somebody meant. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * What the switch's ConfigMap says (undefined: there is none). Whatever stands under `stop`, other than nothing and
 * `false`, stops: who writes "yes" or "TRUE" in an emergency must not be misunderstood. `lift-limits-until` takes an
 * instant, so that nobody has to remember to take it back; one that cannot be read lifts nothing. A key that is neither is told.
 */
export function readSwitch(data: Readonly<Record<string, string>> = {}, name: string): SwitchReading {
  const texts = new Map(Object.entries(data).map(([key, text]) => [key.toLowerCase(), text.trim()]));
  const [stop, lift] = [texts.get(STOP) ?? '', texts.get(LIFT) ?? ''];
  const liftedMs = INSTANT.test(lift) ? Date.parse(lift) : Number.NaN;
  const isLifted = !Number.isNaN(liftedMs);
  const strangers = Object.keys(data).filter((key) => !KEYS.includes(key.toLowerCase()));
  return {
    stoppedBecause: isStop(stop) ? `ConfigMap ${name} says ${STOP}: ${stop}` : undefined,
    limitsLiftedUntilMs: isLifted ? liftedMs : -Infinity,
    faults: [
      ...strangers.map(
        (key) => `ConfigMap ${name}: got the key "${key}", allowed: ${KEYS.join(', ')}; it says nothing`,
      ),
      ...(lift === '' || isLifted
        ? []
        : [
            `ConfigMap ${name}, ${LIFT}: got "${lift}", allowed: an ISO 8601 time such as 2026-11-21T08:00:00Z; the limits hold`,
          ]),
    ],
  };
}

/** Whether the text, without blanks around it, asks for a stop. */
export function isStop(text: string): boolean {
  return text !== '' && text.toLowerCase() !== 'false';
}
