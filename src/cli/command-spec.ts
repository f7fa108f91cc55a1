import type { Command } from 'commander';

/** The body of a command: parsed arguments and flags in, exit code out. Results on stdout, all else on stderr. */
export type CommandBody = (
  args: readonly unknown[],
  flags: Readonly<Record<string, unknown>>,
) => Promise<number>;

/** What is known of a command without loading what it needs. */
export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  readonly examples: readonly string[];
  /** Declares arguments and flags; must import nothing but commander and pure flag parsers. */
  readonly declare: (command: Command) => void;
  readonly load: () => Promise<CommandBody>;
}
