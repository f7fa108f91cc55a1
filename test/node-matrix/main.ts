/**
 * The unit tests on every supported line of Node: `npx tsx test/node-matrix/main.ts [VERSION…]`.
 * With PRESCALE_TEST_REPORT=some/file.json each version writes some/file-<version>.json.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { NODE_VERSIONS, nodeBinary } from './node-binary.ts';

/** Exit code of `vitest run --project unit` under that Node; child processes of the tests get it too, by PATH. */
async function runUnitTests(version: string): Promise<number> {
  const node = await nodeBinary(version);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  const report = process.env['PRESCALE_TEST_REPORT'];
  if (report !== undefined) env['PRESCALE_TEST_REPORT'] = report.replace(/\.json$/, `-${version}.json`);
  const child = spawn(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

const asked = process.argv.slice(2);
const exitCodes = new Map<string, number>();
for (const version of asked.length > 0 ? asked : NODE_VERSIONS) {
  console.log(`\n== Node ${version}`);
  exitCodes.set(version, await runUnitTests(version));
}
for (const [version, exitCode] of exitCodes)
  console.log(`Node ${version}: ${exitCode === 0 ? 'passed' : `failed (exit ${exitCode})`}`);
process.exitCode = [...exitCodes.values()].some((exitCode) => exitCode !== 0) ? 1 : 0;
