/** Carries out the steps of a Dockerfile without Docker: each stage is a folder, and each RUN a shell in it. */
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runProgram } from '../run-command.ts';
import type { Dockerfile, Instruction } from './dockerfile.ts';

export interface BuildRequest {
  readonly dockerfile: Dockerfile;
  /** The folder that COPY reads from, and what of it the ignore file lets through. */
  readonly context: string;
  readonly allowed: readonly string[];
  /** Where the stages go. */
  readonly scratch: string;
  /** The PATH of RUN: where the base image's node is. */
  readonly path: string;
}

interface Building extends BuildRequest {
  readonly roots: Map<string, string>;
}

/** The folders that are the stages' roots, in their order, without what the base images bring. */
export async function buildStages(request: BuildRequest): Promise<readonly string[]> {
  const building: Building = { ...request, roots: new Map() };
  const roots: string[] = [];
  for (const [index, { name, instructions }] of request.dockerfile.stages.entries()) {
    const root = join(request.scratch, `stage-${index}`);
    await mkdir(root);
    let workdir = '/';
    for (const instruction of instructions)
      workdir = await carryOut(building, { root, workdir }, instruction);
    if (name !== undefined) building.roots.set(name, root);
    roots.push(root);
  }
  return roots;
}

interface Place {
  readonly root: string;
  readonly workdir: string;
}

/** The working directory after it. */
async function carryOut(building: Building, place: Place, instruction: Instruction): Promise<string> {
  const here = join(place.root, place.workdir);
  if (instruction.kind === 'WORKDIR') {
    await mkdir(join(place.root, instruction.path), { recursive: true });
    return instruction.path;
  }
  if (instruction.kind === 'RUN') await runShell(building, here, instruction.command);
  else await copy(building, here, instruction);
  return place.workdir;
}

async function runShell({ path }: Building, cwd: string, command: string): Promise<void> {
  const { exitCode, stdout, stderr } = await runProgram('sh', ['-c', command], { cwd, env: { PATH: path } });
  if (exitCode !== 0) throw new Error(`RUN ${command}: ended with ${exitCode}\n${stdout}${stderr}`);
}

type Copy = Extract<Instruction, { kind: 'COPY' }>;

async function copy(building: Building, here: string, { from, sources, target }: Copy): Promise<void> {
  const base = from === undefined ? building.context : building.roots.get(from);
  if (base === undefined) throw new Error(`COPY --from=${from}: there is no such stage before it`);
  for (const source of sources) {
    if (from === undefined && !building.allowed.includes(source.split('/')[0]))
      throw new Error(`COPY ${source}: Dockerfile.dockerignore keeps it out`);
    // Several files go into the folder `./`; one folder becomes the target.
    const to = target === './' ? join(here, basename(source)) : join(here, target);
    await cp(join(base, source), to, { recursive: true, verbatimSymlinks: true });
  }
}
