import type { CommandSpec } from './command-spec.ts';

/**
 * Every command, in the order of `prescale --help`, by its name. One folder each: `spec.ts` (cheap) and `body.ts` (loaded
 * when it runs). The specs too are loaded one by one, so that a command does not wait for the flags of all others.
 */
const SPECS: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  run: async () => (await import('./run/spec.ts')).run,
  replay: async () => (await import('./replay/spec.ts')).replay,
  tune: async () => (await import('./tune/spec.ts')).tune,
  explain: async () => (await import('./explain/spec.ts')).explain,
  forecast: async () => (await import('./forecast/spec.ts')).forecast,
  evaluate: async () => (await import('./evaluate/spec.ts')).evaluate,
  bootstrap: async () => (await import('./bootstrap/spec.ts')).bootstrap,
  train: async () => (await import('./train/spec.ts')).train,
  size: async () => (await import('./size/spec.ts')).size,
  capacity: async () => (await import('./capacity/spec.ts')).capacity,
  init: async () => (await import('./init/spec.ts')).init,
  record: async () => (await import('./record/spec.ts')).record,
  validate: async () => (await import('./validate/spec.ts')).validate,
  crd: async () => (await import('./crd/spec.ts')).crd,
  version: async () => (await import('./version/spec.ts')).version,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(SPECS);

/** The command that the arguments begin with; all of them where they begin with none. */
export function commandsFor([first = '']: readonly string[]): Promise<readonly CommandSpec[]> {
  const named = Object.hasOwn(SPECS, first) ? [first] : COMMAND_NAMES;
  return Promise.all(named.map((name) => SPECS[name]()));
}
