import { defineConfig } from 'vitest/config';

/** Where a program wants the outcome of every test as JSON; `.ci/run` and the node matrix count from it. */
const reportFile = process.env['PRESCALE_TEST_REPORT'];

// unit: everything that needs no other program. integration: needs a real Prometheus on this machine.
// cluster: starts a real Kubernetes control plane; `npm run test:cluster` builds it first (needs Go).
// browser: the dashboard in a real Chromium (Debian's), with screenshots into .cache/browser.
// e2e: clones the repository, installs it and uses it as the README says; needs git, npm and a registry.
export default defineConfig({
  test: {
    reporters: reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/setup/fast-check-seed.ts'],
          include: ['test/{unit,contract,property,golden}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One core less than there are is the default: half of a small machine.
          maxWorkers: '100%',
          // Files share the modules that they import: loading them again for each cost a fifth of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/harness/built.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // Each file has a control plane of its own, and most of its time is waiting.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/installed-clone.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
