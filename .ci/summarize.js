// Sums up a run of .ci/run: `node .ci/summarize.js STEPS.tsv REPORTS_FOLDER`. Node built-ins only.
// A step without tests counts as one; a suite counts its tests. The last line reads "N passed, N failed".
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';

const say = (line) => stdout.write(`${line}\n`);

const SUITES = ['unit', 'integration', 'browser', 'cluster', 'node-matrix', 'e2e'];

/** {passed, failed, skipped} of one vitest report; a file that could not even be loaded counts as one failed. */
function countReport(report) {
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** What one line of the steps file came to, with the reports that carry its name. */
function countStep({ name, exitCode }, reports) {
  if (!SUITES.includes(name))
    return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
  const counts = reports.map(countReport);
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  const ranNothing = counts.length === 0 || counts.some((count) => count.passed + count.failed === 0);
  const failed = sum('failed');
  // A suite that ended badly without a failed test (a crash, a time limit, no test at all) is a failure too.
  const unexplained = failed === 0 && (exitCode !== 0 || ranNothing) ? 1 : 0;
  return { passed: sum('passed'), failed: failed + unexplained, skipped: sum('skipped') };
}

function readSteps(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.filter(Boolean).map((line) => {
    const [name, exitCode, seconds] = line.split('\t');
    return { name, exitCode: Number(exitCode), seconds: Number(seconds) };
  });
}

function reportsOf(name, folder) {
  const files = readdirSync(folder).filter((file) => file === `${name}.json` || file.startsWith(`${name}-`));
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

function main([stepsFile, reportsFolder]) {
  const total = { passed: 0, failed: 0 };
  const steps = readSteps(stepsFile);
  const neverRun = SUITES.filter((suite) => !steps.some((step) => step.name === suite));
  say('\nstep             seconds   exit   passed   failed  skipped');
  for (const step of [...steps, ...neverRun.map((name) => ({ name, exitCode: 1, seconds: 0 }))]) {
    const count = countStep(step, reportsOf(step.name, reportsFolder));
    total.passed += count.passed;
    total.failed += count.failed;
    const cells = [step.seconds, step.exitCode, count.passed, count.failed, count.skipped];
    say(step.name.padEnd(16) + cells.map((cell) => String(cell).padStart(8)).join(' '));
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

exit(main(argv.slice(2)));
