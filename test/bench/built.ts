/**
 * Runs a bench as the product ships: compiled with the settings of `npm run build`, into .cache/bench. Under tsx every closure
 * is given its name again each time it is made, which the product does not do.
 *
 *   npx tsx test/bench/built.ts [options of node] test/bench/forecast/cost.ts [arguments of the bench]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = `${ROOT}.cache/bench/`;
/** What is read beside `src` or `test`. */
const BESIDE = ['models', 'deploy', 'package.json'];

const args = process.argv.slice(2);
const at = args.findIndex((arg) => arg.endsWith('.ts'));
if (at < 0)
  throw new Error(`the bench: got ${args.join(' ') || 'nothing'}, allowed is a path that ends with .ts`);
runNode([createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', `${ROOT}tsconfig.bench.json`]);
for (const name of BESIDE) if (!existsSync(OUT + name)) symlinkSync(ROOT + name, OUT + name);
runNode([...args.slice(0, at), OUT + args[at].replace(/\.ts$/, '.js'), ...args.slice(at + 1)]);

/** Leaves with the same status where that is not 0. */
function runNode(given: readonly string[]): void {
  const { status } = spawnSync(process.execPath, given, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
