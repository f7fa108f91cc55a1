/** The true definitions of other projects' kinds, from the Go module proxy into the cache folder: never copied here. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const PROMETHEUS_OPERATOR = 'github.com/prometheus-operator/prometheus-operator@v0.94.1';
const KEDA = 'github.com/kedacore/keda/v2@v2.21.0';

/** Name of the custom resource -> the module that defines it, and the file there. */
const FOREIGN_KINDS = {
  'servicemonitors.monitoring.coreos.com': [
    PROMETHEUS_OPERATOR,
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  ],
  'prometheusrules.monitoring.coreos.com': [
    PROMETHEUS_OPERATOR,
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
  'scaledobjects.keda.sh': [KEDA, 'config/crd/bases/keda.sh_scaledobjects.yaml'],
} as const;
export type ForeignKind = keyof typeof FOREIGN_KINDS;
const NAMES = Object.keys(FOREIGN_KINDS) as readonly ForeignKind[];

/** Each version in a folder of its own, so that an upgrade fetches anew. */
function fileOf(name: ForeignKind): string {
  const root = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const [module, path] = FOREIGN_KINDS[name];
  return join(root, 'prescale', 'foreign-kinds', module.replaceAll('/', '_'), basename(path));
}

/** The file of the definition; throws what to do where it is not there. */
export function requireForeignKind(name: ForeignKind): string {
  if (!existsSync(fileOf(name))) throw new Error(`${name} is not fetched yet: npm run test:cluster`);
  return fileOf(name);
}

/** Does nothing where all are there. */
export async function ensureForeignKinds(say: (line: string) => void): Promise<void> {
  const missing = NAMES.filter((name) => !existsSync(fileOf(name)));
  for (const module of new Set(missing.map((name) => FOREIGN_KINDS[name][0]))) {
    say(`fetching ${module}`);
    const folder = await fetched(module);
    for (const name of missing.filter((one) => FOREIGN_KINDS[one][0] === module))
      await place(join(folder, FOREIGN_KINDS[name][1]), fileOf(name));
  }
}

/** Outside of any module: what is fetched is wanted for its files, and is no dependency of ours. */
async function fetched(module: string): Promise<string> {
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], {
    cwd: homedir(),
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** A file that is there is whole, also when two processes fetch at once. */
async function place(from: string, to: string): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true });
  const scratch = `${to}.${process.pid}`;
  await copyFile(from, scratch);
  await rename(scratch, to);
}
