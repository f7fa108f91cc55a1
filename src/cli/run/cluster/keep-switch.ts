import type { KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { readSwitch, type SwitchReading, type WriteSwitch } from '../../../safety/write-switch.ts';
import type { StopFile } from '../stop-file.ts';

export interface KeepSwitchDeps {
  /** `namespace/name` of the ConfigMap. */
  readonly name: string;
  /** As of the newest event; undefined: there is none. */
  readonly configMap: () => KubernetesObject | undefined;
  readonly stopFile: StopFile | undefined;
  /** Each time that a stop begins (with its reason) or ends (undefined). */
  readonly onChange: (stoppedBecause: string | undefined) => void;
  readonly onFault: (message: string) => void;
}

export interface KeptSwitch extends WriteSwitch {
  /** To be called before each tick. */
  look(): Promise<void>;
}

/**
 * The switch of all writes: a ConfigMap, of which the copy that a watch keeps counts (an API server that does not answer
 * changes nothing about it), and a local file.
 */
export function keepSwitch({ name, configMap, stopFile, onChange, onFault }: KeepSwitchDeps): KeptSwitch {
  const isTold = new Set<string>();
  let told: string | undefined;
  const reading = (): SwitchReading =>
    readSwitch((configMap() as { readonly data?: Record<string, string> } | undefined)?.data, name);
  const stoppedBecause = (): string | undefined => stopFile?.stoppedBecause() ?? reading().stoppedBecause;

  return {
    stoppedBecause,
    limitsLiftedUntilMs: () => reading().limitsLiftedUntilMs,
    async look() {
      await stopFile?.look();
      for (const fault of reading().faults) {
        if (!isTold.has(fault)) onFault(fault);
        isTold.add(fault);
      }
      const because = stoppedBecause();
      if (because !== told) onChange(because);
      told = because;
    },
  };
}
