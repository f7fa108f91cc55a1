import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const scratch = await mkdtemp(join(tmpdir(), 'summarize-'));
afterAll(() => rm(scratch, { recursive: true }));

interface Report {
  passed: number;
  failed?: number;
  skipped?: number;
  /** Files that failed before any of their tests ran. */
  unloadable?: number;
}

const GREEN: Record<string, Report> = {
  'unit.json': { passed: 10, skipped: 1 },
  'integration.json': { passed: 1 },
  'browser.json': { passed: 2 },
  'cluster.json': { passed: 2 },
  'node-matrix-20.19.0.json': { passed: 10 },
  'node-matrix-24.21.0.json': { passed: 10 },
  'e2e.json': { passed: 3 },
};
const ENDED_WELL = {
  'npm-ci': 0,
  lint: 0,
  unit: 0,
  integration: 0,
  browser: 0,
  cluster: 0,
  'node-matrix': 0,
  e2e: 0,
};

function vitestReport({ passed, failed = 0, skipped = 0, unloadable = 0 }: Report): string {
  const broken = Array.from({ length: unloadable }, () => ({ status: 'failed', assertionResults: [] }));
  const red = { status: 'failed', assertionResults: [{ status: 'failed' }] };
  return JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    testResults: failed > 0 ? [red, ...broken] : broken,
  });
}

/** What .ci/run prints at its end for these exit codes and reports, and with what it leaves. */
async function summarize(
  exitCodes: Record<string, number>,
  reports: Record<string, Report>,
): Promise<{ lastLine: string; exitCode: number }> {
  const folder = await mkdtemp(join(scratch, 'run-'));
  await mkdir(join(folder, 'reports'));
  const steps = Object.entries(exitCodes).map(([name, code]) => `${name}\t${code}\t7\n`);
  await writeFile(join(folder, 'steps.tsv'), steps.join(''));
  for (const [name, report] of Object.entries(reports))
    await writeFile(join(folder, 'reports', name), vitestReport(report));
  const args = ['.ci/summarize.js', join(folder, 'steps.tsv'), join(folder, 'reports')];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout) =>
      resolve({ lastLine: stdout.trimEnd().split('\n').at(-1)!, exitCode: error ? Number(error.code) : 0 }),
    );
  });
}

test('all green: tests are counted, and each step without tests as one', async () => {
  expect(await summarize(ENDED_WELL, GREEN)).toEqual({ lastLine: '40 passed, 0 failed', exitCode: 0 });
});

const { 'e2e.json': _none, ...withoutE2e } = GREEN;
const { e2e: _never, ...stoppedEarly } = ENDED_WELL;
test.each([
  ['a failed test', { ...ENDED_WELL, unit: 1 }, { ...GREEN, 'unit.json': { passed: 9, failed: 1 } }, 39],
  [
    'a test file that does not load',
    { ...ENDED_WELL, unit: 1 },
    { ...GREEN, 'unit.json': { passed: 10, unloadable: 1 } },
    40,
  ],
  ['a failed lint', { ...ENDED_WELL, lint: 1 }, GREEN, 39],
  ['a suite that ran no test', ENDED_WELL, { ...GREEN, 'integration.json': { passed: 0, skipped: 3 } }, 39],
  ['a suite that left no report', { ...ENDED_WELL, e2e: 124 }, withoutE2e, 37],
  ['a suite that was never started', stoppedEarly, withoutE2e, 37],
  ['a suite that crashed after its tests', { ...ENDED_WELL, unit: 139 }, GREEN, 40],
  [
    'one version of the matrix that ran no test',
    ENDED_WELL,
    { ...GREEN, 'node-matrix-24.21.0.json': { passed: 0 } },
    30,
  ],
])('%s is one failure', async (_name, exitCodes, reports, passed) => {
  expect(await summarize(exitCodes, reports as Record<string, Report>)).toEqual({
    lastLine: `${passed} passed, 1 failed`,
    exitCode: 1,
  });
});
