import { Command, CommanderError } from 'commander';
import type { CommandSpec } from './command-spec.ts';
import { commandsFor } from './commands.ts';
import { packageVersion } from './package-version.ts';
import { ERROR_CODES, PrescaleError } from '../domain/errors.ts';

/** argv (without node and script) -> exit code: 0 done, 1 failed, 2 wrong usage or input. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const description = 'Predictive autoscaler for Kubernetes: replicas ready before the load.';
  return runProgram({ name: 'prescale', description, commands: await commandsFor(argv) }, argv);
}

export interface Program {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly CommandSpec[];
}

/** The same for any program that is made of commands. */
export async function runProgram(program: Program, argv: readonly string[]): Promise<number> {
  const outcome = { exitCode: 0 };
  try {
    await buildProgram(program, outcome).parseAsync([...argv], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    return exitCodeFor(program.name, error);
  }
}

/** Every command's body is loaded when it runs: `size --help` never pays for express or a network model. */
function buildProgram({ name, description, commands }: Program, outcome: { exitCode: number }): Command {
  const program = new Command(name)
    .description(description)
    .version(packageVersion(), '--version', 'print the version of prescale')
    .exitOverride()
    .showHelpAfterError('(see --help)');
  for (const spec of commands) {
    const command = program.command(spec.name).description(spec.description).exitOverride();
    spec.declare(command);
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}\n`);
    command.action(async () => {
      const run = await spec.load();
      outcome.exitCode = await run(command.processedArgs as unknown[], command.opts());
    });
  }
  return program;
}

function exitCodeFor(name: string, error: unknown): number {
  // commander has already printed its own message; help and version leave with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known = error instanceof PrescaleError;
  process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  return known ? ERROR_CODES[error.code].exitCode : 1;
}
