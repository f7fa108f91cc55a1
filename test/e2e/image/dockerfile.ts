/** Reads a Dockerfile of the few instructions that ours has; any other one is an error, so that none goes untested. */

export type Instruction =
  | { readonly kind: 'WORKDIR'; readonly path: string }
  | {
      readonly kind: 'COPY';
      /** A stage, or undefined for the build context. */
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: 'RUN'; readonly command: string };

export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
  readonly config: ImageConfig;
}

/** How an image is started. */
export interface ImageConfig {
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface Dockerfile {
  readonly stages: readonly Stage[];
}

interface Draft {
  stages: {
    base: string;
    name: string | undefined;
    instructions: Instruction[];
    config: { user: string; environment: Record<string, string>; entrypoint: string[]; command: string[] };
  }[];
}

export function readDockerfile(text: string): Dockerfile {
  const draft: Draft = { stages: [] };
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  for (const line of lines) {
    const [, word, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    const read = word === undefined ? undefined : READ[word];
    if (read === undefined) throw new Error(`Dockerfile: this line is not tested: ${line}`);
    read(draft, rest);
  }
  return draft;
}

const READ: Readonly<Record<string, (draft: Draft, rest: string) => void>> = {
  FROM(draft, rest) {
    const [, base, name] = /^(\S+)(?: AS (\S+))?$/.exec(rest)!;
    const config = { user: 'root', environment: {}, entrypoint: [], command: [] };
    draft.stages.push({ base, name, instructions: [], config });
  },
  WORKDIR: (draft, path) => add(draft, { kind: 'WORKDIR', path }),
  RUN: (draft, command) => add(draft, { kind: 'RUN', command }),
  COPY(draft, rest) {
    const words = rest.split(' ');
    const from = words[0].startsWith('--from=') ? words.shift()!.slice('--from='.length) : undefined;
    add(draft, { kind: 'COPY', from, sources: words.slice(0, -1), target: words.at(-1)! });
  },
  ENV(draft, rest) {
    const [name, value] = rest.split('=');
    last(draft).config.environment[name] = value;
  },
  USER: (draft, rest) => void (last(draft).config.user = rest),
  // Documentation only: it opens nothing.
  EXPOSE: () => undefined,
  // The form with brackets alone: the other one starts a shell.
  ENTRYPOINT: (draft, rest) => void (last(draft).config.entrypoint = JSON.parse(rest) as string[]),
  CMD: (draft, rest) => void (last(draft).config.command = JSON.parse(rest) as string[]),
};

const last = (draft: Draft): Draft['stages'][number] => draft.stages.at(-1)!;

function add(draft: Draft, instruction: Instruction): void {
  last(draft).instructions.push(instruction);
}

/** What the ignore file lets into the build context: `*` first, then each `!path`. Any other form is an error. */
export function allowedByIgnoreFile(text: string): readonly string[] {
  const [first, ...rest] = text.split('\n').filter((line) => line !== '');
  const known = rest.every((line) => /^![\w.-]+$/.test(line));
  if (first !== '*' || !known) throw new Error(`Dockerfile.dockerignore: this form is not tested:\n${text}`);
  return rest.map((line) => line.slice(1));
}
